#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/envoy_filter.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for_each_patch(in, [&out](const Resource& filter, const Patch& patch) {
    if (patch.is_relative() && patch.priority == 0 && patch.is_pinned_before)
      out.add(filter, patch.operation_value,
              fmt::format("{} for a filter that another patch pins to a proxy version",
                          patch.operation));
  });
}

}  // namespace

Rule wi094() {
  return {.id = "WI094",
          .slug = "envoy-filter-pinned",
          .mesh = "Istio",
          .category = "envoy filters",
          .title = "a relative patch for a filter that another one pins to a proxy version",
          .why =
              "Whether the other patch is applied depends on the version of each proxy, and so "
              "does whether this one finds its filter.",
          .remedy = "set spec.priority",
          .refs = "IST0155",
          .check = check};
}

}  // namespace weft::rules
