#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* policy : in.all(kinds::authorization_policy)) {
    const Value* labels = get(policy->spec, "selector", "matchLabels");
    const bool for_all = policy->ns == in.settings().root_namespace && labels == nullptr;
    if (for_all || get(policy->spec, "targetRefs") != nullptr ||
        get(policy->spec, "targetRef") != nullptr)
      continue;
    bool applies = false;
    for (const Workload* workload : selected(in, *policy, labels))
      applies = applies || in.in_istio(*workload) != InMesh::no;
    if (applies) continue;
    out.add(*policy, labels,
            labels == nullptr ? fmt::format("no workload of {} is in the mesh", policy->ns)
                              : fmt::format("no workload in the mesh has these labels"))
        .absence();
  }
}

}  // namespace

Rule wi070() {
  return {
      .id = "WI070",
      .slug = "policy-without-workload",
      .mesh = "Istio",
      .category = "security",
      .title = "an AuthorizationPolicy applies to no workload in the mesh",
      .why =
          "It protects nothing. Selectors count in the policy's own namespace only, unless it is "
          "in the root namespace.",
      .remedy = "correct the selector or the namespace, or bring the workload into the mesh",
      .refs = "IST0127 KIA0004",
      .check = check};
}

}  // namespace weft::rules
