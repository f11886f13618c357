#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  struct Where {
    GroupKind kind;
    std::string_view selector;
    std::string_view labels;
  };
  constexpr Where kSelectors[] = {{kinds::sidecar, "workloadSelector", "labels"},
                                  {kinds::service_entry, "workloadSelector", "labels"},
                                  {kinds::envoy_filter, "workloadSelector", "labels"},
                                  {kinds::authorization_policy, "selector", "matchLabels"},
                                  {kinds::peer_authentication, "selector", "matchLabels"},
                                  {kinds::request_authentication, "selector", "matchLabels"},
                                  {kinds::telemetry, "selector", "matchLabels"},
                                  {kinds::wasm_plugin, "selector", "matchLabels"}};
  for (const Where& where : kSelectors) {
    for (const Resource* resource : in.all(where.kind)) {
      const Value* selector = get(resource->spec, where.selector);
      const Value* labels = get(selector, where.labels);
      if (selector != nullptr && (labels == nullptr || labels->size() == 0))
        out.add(*resource, selector, "the selector is empty and selects the whole namespace");
    }
  }
}

}  // namespace

Rule wi067() {
  return {.id = "WI067",
          .slug = "empty-selector",
          .mesh = "Istio",
          .category = "policies",
          .title = "a selector without labels",
          .why = "It looks like a choice but applies to every workload of the namespace.",
          .remedy = "add labels, or drop the selector to say what it does",
          .refs = "IST0133",
          .check = check};
}

}  // namespace weft::rules
