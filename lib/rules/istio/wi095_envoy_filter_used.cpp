#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* filter : in.all(kinds::envoy_filter))
    out.add(*filter, nullptr, "patches the proxy's internal configuration");
}

}  // namespace

Rule wi095() {
  return {.id = "WI095",
          .slug = "envoy-filter-used",
          .severity = Severity::info,
          .mesh = "Istio",
          .category = "envoy filters",
          .title = "an EnvoyFilter is in use",
          .why =
              "It depends on what Istio generates for Envoy, which changes without notice between "
              "releases.",
          .remedy = "use a stable API where there is one, and test this object with every upgrade",
          .refs = "IST0133",
          .check = check};
}

}  // namespace weft::rules
