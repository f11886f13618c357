#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/workload/membership.h"

namespace weft::rules {
namespace {

bool is_job(const Resource& resource) {
  return resource.group == "batch" && (resource.kind == "Job" || resource.kind == "CronJob");
}

// The job tells the proxy to stop, or waits for it in a wrapper that does.
bool stops_proxy(const Workload& workload) {
  for (const Value* container : workload.containers())
    for (const char* part : {"command", "args"})
      for (const Value& word : items(get(container, part)))
        for (const char* hint :
             {"quitquitquit", "linkerd-await", "envoy-sidecar-helper", "scuttle"})
          if (text(&word).find(hint) != std::string_view::npos) return true;
  return false;
}

// Sidecars that Kubernetes itself ends with the job.
bool is_native(const Workload& workload) {
  if (workload.annotation("sidecar.istio.io/nativeSidecar") == "true") return true;
  for (const char* stage : {"", "alpha.", "beta."})
    if (workload.annotation(
            fmt::format("config.{}linkerd.io/proxy-enable-native-sidecar", stage)) == "true")
      return true;
  return false;
}

bool makes_native_sidecars(const Inventory& in) {
  for (const Workload* istiod : in.select(in.settings().root_namespace, nullptr))
    for (const Value* container : istiod->containers())
      for (const Value& variable : items(get(container, "env")))
        if (text(get(&variable, "name")) == "ENABLE_NATIVE_SIDECARS")
          return is_true(get(&variable, "value"));
  return false;
}

void check(const Inventory& in, Report& out) {
  const bool istio_is_native = makes_native_sidecars(in);
  for (const Workload& workload : in.workloads()) {
    if (!is_job(*workload.resource) || in.is_ambient(workload)) continue;
    const std::string_view mesh = mesh_of(in, workload);
    if ((mesh != "Istio" && mesh != "Linkerd") || (mesh == "Istio" && istio_is_native) ||
        is_native(workload) || stops_proxy(workload))
      continue;
    out.add(*workload.resource, nullptr,
            fmt::format("its pods get a {} sidecar that goes on when the work is done", mesh))
        .with("mesh", mesh);
  }
}

}  // namespace

Rule wk019() {
  return {.id = "WK019",
          .slug = "job-never-ends",
          .mesh = "all",
          .category = "onboarding",
          .title = "a job whose sidecar keeps it from completing",
          .why =
              "A pod is done when all its containers are. A classic sidecar never is: the job "
              "hangs, and a CronJob with it. Newer control planes use native sidecars, which end "
              "with the job.",
          .remedy =
              "use native sidecars (Istio: sidecar.istio.io/nativeSidecar: \"true\"; Linkerd: "
              "config.beta.linkerd.io/proxy-enable-native-sidecar), or let the job stop its proxy",
          .check = check};
}

}  // namespace weft::rules
