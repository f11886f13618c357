#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Workload& workload : in.workloads()) {
    if (workload.label("istio.io/dataplane-mode") == "none" || !in.is_ambient(workload)) continue;
    std::string_view wish = workload.label("sidecar.istio.io/inject");
    if (wish.empty()) wish = workload.annotation("sidecar.istio.io/inject");
    if (wish == "true" || workload.container("istio-proxy") != nullptr)
      out.add(*workload.resource, nullptr,
              "has a sidecar, and its traffic goes through ztunnel too");
  }
}

}  // namespace

Rule wk027() {
  return {
      .id = "WK027",
      .slug = "sidecar-and-ambient",
      .severity = Severity::error,
      .mesh = "Istio",
      .category = "onboarding",
      .title = "a workload with a sidecar in ambient mode",
      .why =
          "Istio leaves pods with a sidecar out of ambient; policies written for the one mode do "
          "not hold in the other.",
      .remedy = "choose one: drop the sidecar, or label the pod istio.io/dataplane-mode=none",
      .refs = "KIA1311 KIA1314 KIA1315 KIA1316",
      .check = check};
}

}  // namespace weft::rules
