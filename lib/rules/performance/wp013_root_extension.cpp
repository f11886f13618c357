#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const GroupKind& kind : {kinds::envoy_filter, kinds::wasm_plugin}) {
    for (const Resource* extension : in.all(kind)) {
      const Value* spec = extension->spec;
      if (extension->ns != in.settings().root_namespace || spec == nullptr ||
          get(spec, "workloadSelector") != nullptr || get(spec, "selector") != nullptr ||
          get(spec, "targetRefs") != nullptr || get(spec, "targetRef") != nullptr)
        continue;
      out.add(*extension, spec, "applies to every proxy of the mesh");
    }
  }
}

}  // namespace

Rule wp013() {
  return {.id = "WP013",
          .slug = "root-extension",
          .mesh = "Istio",
          .category = "performance",
          .title = "an extension for every proxy of the mesh",
          .why =
              "In the root namespace and without a selector it is loaded by all proxies, gateways "
              "included: one mistake in it, or one slow filter, is everywhere at once.",
          .remedy = "move it to the namespace that needs it, or select the workloads",
          .check = check};
}

}  // namespace weft::rules
