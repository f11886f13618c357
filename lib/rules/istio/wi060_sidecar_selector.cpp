#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* sidecar : in.all(kinds::sidecar)) {
    const Value* labels = get(sidecar->spec, "workloadSelector", "labels");
    if (labels == nullptr || !in.select(sidecar->ns, labels).empty()) continue;
    out.add(*sidecar, labels, fmt::format("no workload of {} has these labels", sidecar->ns))
        .with("reftype", "selector")
        .with("refval", canonical(*labels))
        .absence();
  }
}

}  // namespace

Rule wi060() {
  return {.id = "WI060",
          .slug = "sidecar-selector",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "sidecars",
          .title = "the selector of a Sidecar selects no workload",
          .why = "Its limits on what proxies know apply to nothing.",
          .remedy = "use labels that the pods in the namespace of the Sidecar have",
          .refs = "IST0101 KIA0004",
          .check = check};
}

}  // namespace weft::rules
