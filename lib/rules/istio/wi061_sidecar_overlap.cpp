#include "lib/rules/inventory.h"
#include "lib/rules/istio/overlap.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) { report_shared_workloads(in, kinds::sidecar, out); }

}  // namespace

Rule wi061() {
  return {.id = "WI061",
          .slug = "sidecar-overlap",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "sidecars",
          .title = "two Sidecars select one workload",
          .why = "Which of them applies is not defined.",
          .remedy = "merge them, or make their selectors differ",
          .refs = "IST0110 KIA0003",
          .check = check};
}

}  // namespace weft::rules
