#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/security/mtls.h"
#include "lib/rules/workload/membership.h"

namespace weft::rules {
namespace {

// The first probe that the kubelet sends over the network as a request.
const Value* probe_of(const Workload& workload) {
  for (const Value* container : app_containers(workload))
    for (const char* name : {"livenessProbe", "readinessProbe", "startupProbe"})
      for (const char* kind : {"httpGet", "grpc"})
        if (const Value* probe = get(container, name, kind)) return probe;
  return nullptr;
}

void check(const Inventory& in, Report& out) {
  const auto& modes = in.view<PeerModes>();
  for (const Workload& workload : in.workloads()) {
    if (workload.annotation("sidecar.istio.io/rewriteAppHTTPProbers") != "false" ||
        in.in_istio(workload) != InMesh::yes)
      continue;
    const Value* probe = probe_of(workload);
    if (probe == nullptr) continue;
    const auto port = integer(get(probe, "port"));
    const PeerMode mode = port ? modes.of_port(workload, *port) : modes.of(workload);
    if (mode.mode != "STRICT") continue;
    out.add(*workload.resource, probe,
            fmt::format("the kubelet has no certificate, and {} is STRICT", mode.resource->title()))
        .with("peer", mode.resource->full_name());
  }
}

}  // namespace

Rule wk020() {
  return {.id = "WK020",
          .slug = "probe-refused",
          .mesh = "Istio",
          .category = "onboarding",
          .title = "probes that the proxy refuses",
          .why =
              "With rewriting switched off the kubelet's plain request meets mutual TLS and fails: "
              "the pod never becomes ready, or is restarted again and again.",
          .remedy = "drop the annotation rewriteAppHTTPProbers, or set it to true",
          .check = check};
}

}  // namespace weft::rules
