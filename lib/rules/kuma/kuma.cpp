#include "lib/rules/kuma/kuma.h"

namespace weft::rules {

std::vector<const Resource*> kuma_policies(const Inventory& in) {
  std::vector<const Resource*> all;
  for (const char* kind :
       {"MeshAccessLog", "MeshCircuitBreaker", "MeshFaultInjection", "MeshHealthCheck",
        "MeshHTTPRoute", "MeshLoadBalancingStrategy", "MeshMetric", "MeshPassthrough",
        "MeshProxyPatch", "MeshRateLimit", "MeshRetry", "MeshTCPRoute", "MeshTLS", "MeshTimeout",
        "MeshTrace", "MeshTrafficPermission"}) {
    const auto policies = in.all({kKumaGroup, kind});
    all.insert(all.end(), policies.begin(), policies.end());
  }
  return all;
}

std::vector<KumaReference> kuma_references(const Inventory& in) {
  std::vector<KumaReference> all;
  for (const Resource* policy : kuma_policies(in)) {
    const auto add = [&](const Value* reference) {
      if (reference != nullptr) all.push_back({policy, reference});
    };
    add(get(policy->spec, "targetRef"));
    for (const Value& to : items(get(policy->spec, "to"))) {
      add(get(&to, "targetRef"));
      for (const Value& rule : items(get(&to, "rules")))
        for (const Value& backend : items(get(&rule, "default", "backendRefs"))) add(&backend);
    }
  }
  return all;
}

}  // namespace weft::rules
