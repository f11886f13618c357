#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Workload& workload : in.workloads()) {
    const Value* host_network = get(workload.pod, "hostNetwork");
    const Resource* ns = in.ns(workload.resource->ns);
    if (!is_true(host_network) || ns == nullptr) continue;
    const bool injects = ns->label("istio-injection") == "enabled" ||
                         text(get(ns->annotations(), "linkerd.io/inject")) == "enabled" ||
                         ns->label("kuma.io/sidecar-injection") == "enabled";
    if (injects && workload.label("sidecar.istio.io/inject") != "false")
      out.add(
          *workload.resource, host_network,
          fmt::format("pods on the host's network get no proxy, though {} is injected", ns->name));
  }
}

}  // namespace

Rule wk018() {
  return {
      .id = "WK018",
      .slug = "host-network",
      .mesh = "all",
      .category = "onboarding",
      .title = "a workload on the host's network in an injected namespace",
      .why = "Injectors leave it out, because redirecting its traffic would redirect the node's.",
      .remedy = "do without hostNetwork, or label it as outside the mesh",
      .check = check};
}

}  // namespace weft::rules
