#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/workload/membership.h"

namespace weft::rules {
namespace {

struct OptOut {
  std::string_view key;
  std::string_view value;
};
constexpr OptOut kOptOuts[] = {{"sidecar.istio.io/inject", "false"},
                               {"istio.io/dataplane-mode", "none"},
                               {"linkerd.io/inject", "disabled"},
                               {"kuma.io/sidecar-injection", "disabled"}};

const Value* opt_out_of(const Workload& workload) {
  for (const OptOut& way : kOptOuts)
    for (const Value* map : {workload.labels(), workload.annotations()})
      if (const Value* value = get(map, way.key);
          scalar_text(value) == way.value || (value != nullptr && scalar_text(value) == "false"))
        return value;
  return nullptr;
}

bool takes_its_pods(const Resource& ns) {
  return is_injected_namespace(ns) || ns.label("istio.io/dataplane-mode") == "ambient";
}

void check(const Inventory& in, Report& out) {
  for (const Workload& workload : in.workloads()) {
    const Resource* ns = in.ns(workload.resource->ns);
    if (ns == nullptr || !takes_its_pods(*ns)) continue;
    if (const Value* value = opt_out_of(workload))
      out.add(*workload.resource, value,
              fmt::format("stays outside the mesh that its namespace {} is in", ns->name));
  }
}

}  // namespace

Rule wk029() {
  return {.id = "WK029",
          .slug = "opts-out",
          .severity = Severity::info,
          .mesh = "all",
          .category = "onboarding",
          .title = "a workload that opts out of the mesh of its namespace",
          .why =
              "It has no identity, policy or telemetry; with STRICT mutual TLS its neighbours do "
              "not answer it. Often such a label outlives the reason for it.",
          .remedy = "remove it, or keep it with a weft:ignore comment that gives the reason",
          .check = check};
}

}  // namespace weft::rules
