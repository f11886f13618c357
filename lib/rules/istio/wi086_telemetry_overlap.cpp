#include "lib/rules/inventory.h"
#include "lib/rules/istio/overlap.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) { report_shared_workloads(in, kinds::telemetry, out); }

}  // namespace

Rule wi086() {
  return {.id = "WI086",
          .slug = "telemetry-overlap",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "telemetry",
          .title = "two Telemetry objects select one workload",
          .why = "Which of them applies is not defined.",
          .remedy = "merge them, or make their selectors differ",
          .refs = "IST0159 KIA0003",
          .check = check};
}

}  // namespace weft::rules
