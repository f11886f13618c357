#include <map>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/kuma/kuma.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

struct Successor {
  std::string_view old_kind;
  std::string_view new_kind;
};
constexpr Successor kSuccessors[] = {{"TrafficRoute", "MeshHTTPRoute"},
                                     {"TrafficPermission", "MeshTrafficPermission"},
                                     {"TrafficLog", "MeshAccessLog"},
                                     {"TrafficTrace", "MeshTrace"},
                                     {"FaultInjection", "MeshFaultInjection"},
                                     {"HealthCheck", "MeshHealthCheck"},
                                     {"CircuitBreaker", "MeshCircuitBreaker"},
                                     {"Timeout", "MeshTimeout"},
                                     {"Retry", "MeshRetry"},
                                     {"RateLimit", "MeshRateLimit"},
                                     {"ProxyTemplate", "MeshProxyPatch"}};

void check(const Inventory& in, Report& out) {
  for (const Successor& pair : kSuccessors) {
    std::map<std::string_view, const Resource*> successors;  // by mesh
    for (const Resource* policy : in.all({kKumaGroup, pair.new_kind})) {
      const std::string_view mesh = policy->label("kuma.io/mesh");
      successors.try_emplace(mesh.empty() ? "default" : mesh, policy);
    }
    for (const Resource* policy : in.all({kKumaGroup, pair.old_kind})) {
      const std::string_view mesh = text(get(policy->root, "mesh"));
      const auto found = successors.find(mesh.empty() ? "default" : mesh);
      if (found != successors.end())
        out.add(*policy, get(policy->root, "kind"),
                fmt::format("the mesh has {}, which comes first", found->second->title()));
    }
  }
}

}  // namespace

Rule wu010() {
  return {.id = "WU010",
          .slug = "old-and-new-policies",
          .mesh = "Kuma",
          .category = "routing",
          .title = "a policy of the old kind beside its successor",
          .why =
              "Where a new policy holds, the old one is passed over for the same proxies: half of "
              "what was configured goes away without a word.",
          .remedy = "move what the old policy says into the new one, and delete it",
          .check = check};
}

}  // namespace weft::rules
