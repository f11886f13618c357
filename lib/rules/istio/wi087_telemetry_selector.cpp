#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* telemetry : in.all(kinds::telemetry)) {
    const Value* labels = get(telemetry->spec, "selector", "matchLabels");
    if (labels == nullptr || !in.select(telemetry->ns, labels).empty()) continue;
    out.add(*telemetry, labels, fmt::format("no workload of {} has these labels", telemetry->ns))
        .with("reftype", "selector")
        .with("refval", canonical(*labels))
        .absence();
  }
}

}  // namespace

Rule wi087() {
  return {.id = "WI087",
          .slug = "telemetry-selector",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "telemetry",
          .title = "the selector of a Telemetry selects no workload",
          .why = "Its logs, metrics and traces are configured for nothing.",
          .remedy = "use labels that the pods in its namespace have",
          .refs = "IST0101 KIA0004",
          .check = check};
}

}  // namespace weft::rules
