#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

bool has_any(const Workload& workload, std::initializer_list<std::string_view> labels) {
  for (std::string_view label : labels)
    if (!workload.label(label).empty()) return true;
  return false;
}

bool is_gateway(const Workload& workload) {
  return workload.annotation("inject.istio.io/templates") == "gateway" ||
         !workload.label("gateway.networking.k8s.io/gateway-name").empty();
}

void check(const Inventory& in, Report& out) {
  for (const Workload& workload : in.workloads()) {
    if (workload.is_pod() || is_gateway(workload) || in.in_istio(workload) != InMesh::yes) continue;
    const bool has_name =
        has_any(workload, {"service.istio.io/canonical-name", "app.kubernetes.io/name", "app"});
    const bool has_version = has_any(
        workload, {"service.istio.io/canonical-revision", "app.kubernetes.io/version", "version"});
    if (has_name && has_version) continue;
    const std::string_view missing = has_name ? "version" : has_version ? "app" : "app and version";
    out.add(*workload.resource, workload.labels(),
            fmt::format("its pods have no label for {}", missing))
        .with("missing", missing);
  }
}

}  // namespace

Rule wk017() {
  return {.id = "WK017",
          .slug = "no-version",
          .severity = Severity::info,
          .mesh = "Istio",
          .category = "onboarding",
          .title = "a workload without the labels that name it in metrics",
          .why =
              "Metrics and graphs show the name of the Deployment instead, and \"latest\" as the "
              "version, so a canary cannot be told from what it replaces.",
          .remedy =
              "label the pod template app and version, or app.kubernetes.io/name and "
              "app.kubernetes.io/version",
          .check = check};
}

}  // namespace weft::rules
