#include "lib/rules/inventory.h"
#include "lib/rules/kuma/kuma.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* policy : in.all({kKumaGroup, "MeshCircuitBreaker"}))
    for (const char* list : {"to", "from", "rules"})
      for (const Value& rule : items(get(policy->spec, list)))
        if (const Value* detection = get(&rule, "default", "outlierDetection");
            detection != nullptr && !is_true(get(detection, "disabled")) &&
            get(detection, "maxEjectionPercent") == nullptr)
          out.add(*policy, detection, "maxEjectionPercent is not set: ten percent");
}

}  // namespace

Rule wu009() {
  return {.id = "WU009",
          .slug = "ejection-default",
          .severity = Severity::info,
          .mesh = "Kuma",
          .category = "resiliency",
          .title = "outlier detection with the default share",
          .why =
              "Envoy ejects ten percent of the endpoints at most; of fewer than ten pods that is "
              "one, or none in newer versions.",
          .remedy = "set maxEjectionPercent so that it covers the failures you want to survive",
          .check = check};
}

}  // namespace weft::rules
