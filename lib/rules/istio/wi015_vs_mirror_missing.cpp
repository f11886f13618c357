#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Destination& to : in.view<Destinations>().all()) {
    if (!to.is_mirror() || to.host.empty()) continue;
    if (to.meant.empty())
      out.add(*to.virtual_service, get(to.value, "host"),
              fmt::format("traffic is mirrored to {}, which is not there", to.host))
          .with("reftype", "mirror host")
          .with("refval", to.host)
          .absence();
    if (to.subset.empty() || to.subset_value() != nullptr) continue;
    Finding& finding = out.add(*to.virtual_service, get(to.value, "subset"),
                               fmt::format("traffic is mirrored to the subset {} of {}, which no "
                                           "DestinationRule defines",
                                           to.subset, to.host));
    finding.with("reftype", "mirror+subset in destinationrule")
        .with("refval", fmt::format("{}+{}", to.host, to.subset));
    if (to.rules.empty()) finding.absence();
  }
}

}  // namespace

Rule wi015() {
  return {.id = "WI015",
          .slug = "vs-mirror-missing",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "routing",
          .title = "traffic is mirrored to a host or subset that is not there",
          .why = "Nothing is mirrored, and nobody is told.",
          .remedy = "correct the host or the subset",
          .refs = "IST0101",
          .check = check};
}

}  // namespace weft::rules
