#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* sidecar : in.all(kinds::sidecar))
    if (const Value* selector = get(sidecar->spec, "workloadSelector");
        selector != nullptr && sidecar->ns == in.settings().root_namespace)
      out.add(*sidecar, selector,
              "a Sidecar of the root namespace is the default of all namespaces, but with a "
              "selector it is for workloads of this one only");
}

}  // namespace

Rule wi064() {
  return {.id = "WI064",
          .slug = "root-sidecar",
          .mesh = "Istio",
          .category = "sidecars",
          .title = "a Sidecar with a selector in the root namespace",
          .why =
              "Selectors look at pods of the Sidecar's own namespace. In the root namespace that "
              "is the control plane, hardly what was meant.",
          .remedy = "drop the selector, or move the Sidecar to the namespace of the workload",
          .refs = "KIA1006",
          .check = check};
}

}  // namespace weft::rules
