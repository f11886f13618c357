#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/resiliency/replicas.h"

namespace weft::rules {
namespace {

using Autoscaled = std::set<std::string>;  // "namespace/kind/name" with two pods or more

Autoscaled autoscaled(const Inventory& in) {
  Autoscaled all;
  for (const Resource* scaler : in.all({"autoscaling", "HorizontalPodAutoscaler"})) {
    const Value* target = get(scaler->spec, "scaleTargetRef");
    if (integer(get(scaler->spec, "minReplicas")).value_or(1) > 1)
      all.insert(fmt::format("{}/{}/{}", scaler->ns, text(get(target, "kind")),
                             text(get(target, "name"))));
  }
  return all;
}

bool forbids_eviction(const Resource& budget) {
  const std::string least = scalar_text(get(budget.spec, "minAvailable"));
  const std::string most = scalar_text(get(budget.spec, "maxUnavailable"));
  return (!least.empty() && least != "0" && least != "0%") || most == "0" || most == "0%";
}

void check(const Inventory& in, Report& out) {
  const Autoscaled scaled = autoscaled(in);
  for (const Resource* budget : in.all({"policy", "PodDisruptionBudget"})) {
    const Value* labels = get(budget->spec, "selector", "matchLabels");
    if (labels == nullptr || labels->size() == 0 || !forbids_eviction(*budget)) continue;
    const auto selected = in.select(budget->ns, labels);
    if (selected.size() != 1 || replicas(*selected.front()) != 1) continue;
    const Resource& owner = *selected.front()->resource;
    if (scaled.contains(fmt::format("{}/{}/{}", owner.ns, owner.kind, owner.name))) continue;
    out.add(*budget, labels,
            fmt::format("{} has one replica: its pod is never evicted", owner.title()));
  }
}

}  // namespace

Rule wr016() {
  return {.id = "WR016",
          .slug = "budget-of-one",
          .severity = Severity::info,
          .mesh = "all",
          .category = "resiliency",
          .title = "a disruption budget over a single pod",
          .why =
              "With one replica the budget either allows its eviction, and the service is down, or "
              "forbids it, and the node cannot be drained.",
          .remedy = "run two replicas or more, or drop the budget",
          .refs = "kube-linter:minimum-three-replicas kube-score:deployment-replicas",
          .check = check};
}

}  // namespace weft::rules
