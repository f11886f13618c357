#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/envoy_filter.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for_each_patch(in, [&out](const Resource& filter, const Patch& patch) {
    if (patch.operation == "REPLACE" && !patch.is_relative())
      out.add(filter, patch.operation_value,
              fmt::format("REPLACE does not work on {}", patch.apply_to))
          .with("applyTo", patch.apply_to);
  });
}

}  // namespace

Rule wi091() {
  return {.id = "WI091",
          .slug = "envoy-filter-replace",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "envoy filters",
          .title = "an EnvoyFilter replaces what cannot be replaced",
          .why =
              "REPLACE is valid for HTTP_FILTER, NETWORK_FILTER and VIRTUAL_HOST only; elsewhere "
              "the patch is ignored.",
          .remedy = "use MERGE, or REMOVE and ADD",
          .refs = "IST0152",
          .check = check};
}

}  // namespace weft::rules
