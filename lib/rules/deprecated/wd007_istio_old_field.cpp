#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void report(const Resource& resource, const Value* value, std::string_view field,
            std::string_view instead, Report& out) {
  if (value != nullptr)
    out.add(resource, value, fmt::format("{} is replaced by {}", field, instead))
        .with("field", field);
}

void check(const Inventory& in, Report& out) {
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    for (const Value& rule : routes(*vs, "http")) {
      report(*vs, get(&rule, "mirrorPercent"), "mirrorPercent", "mirrorPercentage.value", out);
      report(*vs, get(&rule, "corsPolicy", "allowOrigin"), "allowOrigin", "allowOrigins", out);
    }
  }
  for (const Resource* rule : in.all(kinds::destination_rule)) {
    const Value* policy = get(rule->spec, "trafficPolicy");
    report(*rule, get(policy, "outlierDetection", "consecutiveErrors"), "consecutiveErrors",
           "consecutive5xxErrors", out);
    report(*rule, get(policy, "loadBalancer", "consistentHash", "minimumRingSize"),
           "minimumRingSize", "ringHash.minimumRingSize", out);
    const Value* simple = get(policy, "loadBalancer", "simple");
    if (text(simple) == "LEAST_CONN") report(*rule, simple, "LEAST_CONN", "LEAST_REQUEST", out);
  }
}

}  // namespace

Rule wd007() {
  return {.id = "WD007",
          .slug = "istio-old-field",
          .mesh = "Istio",
          .category = "deprecations",
          .title = "a deprecated field of Istio",
          .why = "It will stop working; some, like consecutiveErrors, do nothing already.",
          .remedy = "use the field that the message names",
          .refs = "IST0133",
          .check = check};
}

}  // namespace weft::rules
