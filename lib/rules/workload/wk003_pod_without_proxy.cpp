#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Workload& workload : in.workloads()) {
    if (!workload.is_pod()) continue;
    const Resource* ns = in.ns(workload.resource->ns);
    const bool opts_out = workload.label("sidecar.istio.io/inject") == "false" ||
                          workload.annotation("sidecar.istio.io/inject") == "false" ||
                          is_true(get(workload.pod, "hostNetwork"));
    if (ns == nullptr || ns->label("istio-injection") != "enabled" || opts_out ||
        workload.container("istio-proxy") != nullptr)
      continue;
    out.add(*workload.resource, nullptr,
            fmt::format("has no istio-proxy though {} is injected", ns->name))
        .with("podName", workload.resource->name);
  }
}

}  // namespace

Rule wk003() {
  return {.id = "WK003",
          .slug = "pod-without-proxy",
          .mesh = "Istio",
          .category = "onboarding",
          .title = "a pod without a proxy in an injected namespace",
          .why =
              "It was made before the namespace was labelled, or the injector was down. It is not "
              "part of the mesh: with STRICT mutual TLS nobody there answers it.",
          .remedy = "restart its workload",
          .refs = "IST0103",
          .check = check};
}

}  // namespace weft::rules
