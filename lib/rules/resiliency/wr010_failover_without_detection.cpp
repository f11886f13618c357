#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* rule : in.all(kinds::destination_rule)) {
    const Value* policy = get(rule->spec, "trafficPolicy");
    const Value* locality = get(policy, "loadBalancer", "localityLbSetting");
    const Value* failover = get(locality, "failover");
    if (failover == nullptr) failover = get(locality, "failoverPriority");
    if (failover == nullptr || get(policy, "outlierDetection") != nullptr) continue;
    out.add(*rule, failover, "nothing tells when an endpoint has failed");
  }
}

}  // namespace

Rule wr010() {
  return {.id = "WR010",
          .slug = "failover-without-detection",
          .mesh = "Istio",
          .category = "resiliency",
          .title = "locality failover without outlier detection",
          .why =
              "Envoy fails over when endpoints are unhealthy, and only outlier detection makes "
              "them so.",
          .remedy = "add outlierDetection to the trafficPolicy",
          .refs = "IST0133",
          .check = check};
}

}  // namespace weft::rules
