#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/envoy_filter.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for_each_patch(in, [&out](const Resource& filter, const Patch& patch) {
    if (patch.operation == "REMOVE" &&
        (patch.apply_to == "ROUTE_CONFIGURATION" || patch.apply_to == "HTTP_ROUTE"))
      out.add(filter, patch.operation_value, fmt::format("REMOVE is ignored on {}", patch.apply_to))
          .with("applyTo", patch.apply_to);
  });
}

}  // namespace

Rule wi093() {
  return {.id = "WI093",
          .slug = "envoy-filter-remove",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "envoy filters",
          .title = "an EnvoyFilter removes what cannot be removed",
          .why = "REMOVE is ignored for ROUTE_CONFIGURATION and HTTP_ROUTE.",
          .remedy = "change the VirtualService that makes the route",
          .refs = "IST0154",
          .check = check};
}

}  // namespace weft::rules
