#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  const DestinationRules rules(in);
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    for (const Destination& to : destinations(*vs)) {
      if (to.is_mirror || to.subset.empty()) continue;
      const auto found = rules.find(to.host, vs->ns);
      if (std::any_of(found.begin(), found.end(), [&](const Resource* rule) {
            return subset_named(*rule, to.subset) != nullptr;
          }))
        continue;
      Finding& finding = out.add(
          *vs, get(to.value, "subset"),
          found.empty()
              ? fmt::format("no DestinationRule for {} defines the subset {}", to.host, to.subset)
              : fmt::format("{} does not define the subset {}", found.front()->title(), to.subset));
      finding.with("reftype", "host+subset in destinationrule")
          .with("refval", fmt::format("{}+{}", to.host, to.subset));
      if (found.empty()) finding.absence();
    }
  }
}

}  // namespace

Rule wi014() {
  return {.id = "WI014",
          .slug = "vs-subset-missing",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "routing",
          .title = "a route uses a subset that no DestinationRule defines",
          .why = "Requests that match the route get 503.",
          .remedy = "define the subset in a DestinationRule of the host",
          .refs = "IST0101 KIA1107",
          .check = check};
}

}  // namespace weft::rules
