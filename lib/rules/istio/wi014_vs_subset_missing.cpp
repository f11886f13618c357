#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Destination& to : in.view<Destinations>().all()) {
    if (to.is_mirror() || to.subset.empty() || to.subset_value() != nullptr) continue;
    Finding& finding = out.add(
        *to.virtual_service, get(to.value, "subset"),
        to.rules.empty()
            ? fmt::format("no DestinationRule for {} defines the subset {}", to.host, to.subset)
            : fmt::format("{} does not define the subset {}", to.rules.front()->title(),
                          to.subset));
    finding.with("reftype", "host+subset in destinationrule")
        .with("refval", fmt::format("{}+{}", to.host, to.subset));
    if (to.rules.empty()) finding.absence();
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
