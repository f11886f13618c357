#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* telemetry : in.all(kinds::telemetry)) {
    if (telemetry->ns != in.settings().root_namespace ||
        get(telemetry->spec, "selector") != nullptr)
      continue;
    for (const Value& tracing : items(get(telemetry->spec, "tracing"))) {
      const Value* rate = get(&tracing, "randomSamplingPercentage");
      if (rate != nullptr && rate->is_number() && rate->number() >= 100)
        out.add(*telemetry, rate, "every request of the mesh is traced");
    }
  }
}

}  // namespace

Rule wp006() {
  return {.id = "WP006",
          .slug = "trace-everything",
          .severity = Severity::info,
          .mesh = "Istio",
          .category = "performance",
          .title = "all requests of the mesh are traced",
          .why =
              "Traces cost processor time in each proxy and storage behind it; a sample tells as "
              "much.",
          .remedy = "trace one percent, and all requests of a workload while you look at it",
          .check = check};
}

}  // namespace weft::rules
