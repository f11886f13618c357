#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const GroupKind& kind : {kinds::authorization_policy, kinds::request_authentication,
                                kinds::telemetry, kinds::wasm_plugin}) {
    for (const Resource* policy : in.all(kind)) {
      const Value* labels = get(policy->spec, "selector", "matchLabels");
      if (labels == nullptr || labels->size() == 0 || get(policy->spec, "targetRefs") != nullptr ||
          get(policy->spec, "targetRef") != nullptr)
        continue;
      for (const Workload* workload : in.select(policy->ns, labels)) {
        const std::string_view gateway = workload->label("gateway.networking.k8s.io/gateway-name");
        if (gateway.empty()) continue;
        out.add(*policy, labels,
                fmt::format("selects pods of the Gateway {}, where it is ignored", gateway))
            .with("gateway", gateway);
        break;
      }
    }
  }
}

}  // namespace

Rule wi078() {
  return {.id = "WI078",
          .slug = "selector-on-gateway-pods",
          .mesh = "Istio",
          .category = "policies",
          .title = "a policy selects pods of a Gateway of the Gateway API",
          .why = "For such pods policies attach by targetRefs; a selector is ignored.",
          .remedy = "name the Gateway in targetRefs",
          .refs = "IST0166",
          .check = check};
}

}  // namespace weft::rules
