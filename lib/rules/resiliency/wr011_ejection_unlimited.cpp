#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  const auto report = [&out](const Resource& rule, const Value* policy) {
    const Value* detection = get(policy, "outlierDetection");
    const Value* limit = get(detection, "maxEjectionPercent");
    if (integer(limit) == 100 && integer(get(detection, "minHealthPercent")).value_or(0) == 0)
      out.add(rule, limit, "all endpoints may be ejected at once, and minHealthPercent is 0");
  };
  for (const Resource* rule : in.all(kinds::destination_rule)) {
    report(*rule, get(rule->spec, "trafficPolicy"));
    for (const Value& subset : items(get(rule->spec, "subsets")))
      report(*rule, get(&subset, "trafficPolicy"));
  }
}

}  // namespace

Rule wr011() {
  return {.id = "WR011",
          .slug = "ejection-unlimited",
          .mesh = "Istio",
          .category = "resiliency",
          .title = "outlier detection may eject every endpoint",
          .why =
              "A fault that all pods share, such as a broken database, then leaves nobody to send "
              "requests to: what was partly slow is wholly down.",
          .remedy =
              "keep maxEjectionPercent at 50 or less, or set minHealthPercent, below which Envoy "
              "uses all endpoints again",
          .check = check};
}

}  // namespace weft::rules
