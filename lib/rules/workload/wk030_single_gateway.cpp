#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/label_selector.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// A proxy that others send their traffic through.
bool is_gateway(const Workload& workload) {
  return workload.annotation("inject.istio.io/templates") == "gateway" ||
         !workload.label("gateway.networking.k8s.io/gateway-name").empty() ||
         workload.label("istio") == "ingressgateway" || workload.label("istio") == "egressgateway";
}

// "ns/name" of the Deployments that an autoscaler looks after.
std::set<std::string> scaled(const Inventory& in) {
  std::set<std::string> all;
  for (const GroupKind& kind :
       {GroupKind{"autoscaling", "HorizontalPodAutoscaler"}, GroupKind{"keda.sh", "ScaledObject"}})
    for (const Resource* scaler : in.all(kind))
      all.insert(
          fmt::format("{}/{}", scaler->ns, text(get(scaler->spec, "scaleTargetRef", "name"))));
  return all;
}

// Pods that a budget keeps alive. Budgets are few, and look at pods of their own namespace.
std::set<const Workload*> budgeted(const Inventory& in) {
  std::set<const Workload*> all;
  for (const Resource* budget : in.all({"policy", "PodDisruptionBudget"})) {
    const Value* selector = get(budget->spec, "selector");
    for (const Workload* workload : in.select(budget->ns, get(selector, "matchLabels")))
      if (selects(selector, labels_of(workload->labels()))) all.insert(workload);
  }
  return all;
}

void check(const Inventory& in, Report& out) {
  const auto with_scaler = scaled(in);
  const auto with_budget = budgeted(in);
  for (const Workload& workload : in.workloads()) {
    const Resource& resource = *workload.resource;
    if (!resource.is(kinds::deployment) || !is_gateway(workload) || with_budget.contains(&workload))
      continue;
    const Value* replicas = get(resource.spec, "replicas");
    if (integer(replicas).value_or(1) != 1 || with_scaler.contains(resource.full_name())) continue;
    Finding& finding = out.add(resource, replicas,
                               "is one pod that everything passes, without a disruption budget");
    // Without the field an autoscaler elsewhere may look after it.
    if (replicas == nullptr) finding.absence();
  }
}

}  // namespace

Rule wk030() {
  return {.id = "WK030",
          .slug = "single-gateway",
          .mesh = "all",
          .category = "onboarding",
          .title = "a gateway of one pod",
          .why = "Each time its node is drained or the pod moves, all traffic through it stops.",
          .remedy = "run two replicas or more, and add a PodDisruptionBudget with minAvailable 1",
          .check = check};
}

}  // namespace weft::rules
