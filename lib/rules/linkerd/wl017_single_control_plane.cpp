#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/resiliency/replicas.h"

namespace weft::rules {
namespace {

bool is_highly_available(const Inventory& in, std::string_view ns) {
  const Resource* config = in.find(kinds::config_map, ns, "linkerd-config");
  const std::string_view values = text(config ? get(config->root, "data", "values") : nullptr);
  return values.find("highAvailability: true") != std::string_view::npos;
}

void check(const Inventory& in, Report& out) {
  for (const Workload& workload : in.workloads()) {
    const std::string_view component = workload.label("linkerd.io/control-plane-component");
    const bool is_core =
        component == "destination" || component == "identity" || component == "proxy-injector";
    if (!is_core || replicas(workload) != 1 || workload.is_pod() ||
        !is_highly_available(in, workload.resource->ns))
      continue;
    const Value* count = get(workload.resource->spec, "replicas");
    out.add(*workload.resource, count, fmt::format("the only replica of {}", component));
  }
}

}  // namespace

Rule wl017() {
  return {.id = "WL017",
          .slug = "single-control-plane",
          .mesh = "Linkerd",
          .category = "install",
          .title = "one replica of a control plane that should be highly available",
          .why =
              "While that pod restarts no pod can be injected, or proxies get no endpoints and no "
              "certificates.",
          .remedy = "set controllerReplicas to 3",
          .refs = "l5d-control-plane-replicas",
          .check = check};
}

}  // namespace weft::rules
