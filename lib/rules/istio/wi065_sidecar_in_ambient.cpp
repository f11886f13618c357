#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* sidecar : in.all(kinds::sidecar)) {
    const Value* labels = get(sidecar->spec, "workloadSelector", "labels");
    const Resource* ns = in.ns(sidecar->ns);
    bool is_ambient =
        labels == nullptr && ns != nullptr && ns->label("istio.io/dataplane-mode") == "ambient";
    if (labels != nullptr)
      for (const Workload* workload : in.select(sidecar->ns, labels))
        is_ambient = is_ambient || in.is_ambient(*workload);
    if (is_ambient)
      out.add(*sidecar, labels, "its workloads are in ambient mode and have no sidecar");
  }
}

}  // namespace

Rule wi065() {
  return {.id = "WI065",
          .slug = "sidecar-in-ambient",
          .mesh = "Istio",
          .category = "sidecars",
          .title = "a Sidecar for workloads without sidecars",
          .why = "Ambient mode ignores Sidecar objects.",
          .remedy = "remove it",
          .refs = "IST0167",
          .check = check};
}

}  // namespace weft::rules
