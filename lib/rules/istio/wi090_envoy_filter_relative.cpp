#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/envoy_filter.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for_each_patch(in, [&out](const Resource& filter, const Patch& patch) {
    if (!patch.is_relative() || patch.priority != 0 || patch.is_pinned_before) return;
    out.add(filter, patch.operation_value,
            fmt::format("{} depends on what other EnvoyFilters have done before", patch.operation));
  });
}

}  // namespace

Rule wi090() {
  return {.id = "WI090",
          .slug = "envoy-filter-relative",
          .mesh = "Istio",
          .category = "envoy filters",
          .title = "an EnvoyFilter patches relative to another filter without a priority",
          .why =
              "Patches of one priority are applied in the order of creation; the filter that this "
              "one refers to may not be there yet.",
          .remedy = "set spec.priority, or use INSERT_FIRST, MERGE or ADD",
          .refs = "IST0151",
          .check = check};
}

}  // namespace weft::rules
