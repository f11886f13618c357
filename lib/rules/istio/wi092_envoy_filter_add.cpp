#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/envoy_filter.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for_each_patch(in, [&out](const Resource& filter, const Patch& patch) {
    if (patch.operation == "ADD" &&
        (patch.apply_to == "ROUTE_CONFIGURATION" || patch.apply_to == "HTTP_ROUTE"))
      out.add(filter, patch.operation_value, fmt::format("ADD is ignored on {}", patch.apply_to))
          .with("applyTo", patch.apply_to);
  });
}

}  // namespace

Rule wi092() {
  return {.id = "WI092",
          .slug = "envoy-filter-add",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "envoy filters",
          .title = "an EnvoyFilter adds where nothing can be added",
          .why = "ADD is ignored for ROUTE_CONFIGURATION and HTTP_ROUTE.",
          .remedy = "use MERGE, or INSERT_FIRST for an HTTP_ROUTE",
          .refs = "IST0153",
          .check = check};
}

}  // namespace weft::rules
