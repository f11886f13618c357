#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/resiliency/replicas.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* rule : in.all(kinds::destination_rule)) {
    const Value* policy = get(rule->spec, "trafficPolicy");
    if (policy == nullptr || get(policy, "outlierDetection") != nullptr) continue;
    // Whoever tunes the load balancing or the pools of a host cares about its failures.
    if (get(policy, "loadBalancer") == nullptr && get(policy, "connectionPool") == nullptr)
      continue;
    for (const Host* host : in.hosts().find(text(get(rule->spec, "host")), rule->ns)) {
      const auto count = host->resource->is(kinds::service) ? replicas(in, *host->resource)
                                                            : std::optional<std::int64_t>();
      if (count.value_or(0) < 2) continue;
      out.add(
          *rule, policy,
          fmt::format("{} has {} pods, and none is taken out when it fails", host->name, *count));
      break;
    }
  }
}

}  // namespace

Rule wr009() {
  return {
      .id = "WR009",
      .slug = "no-outlier-detection",
      .severity = Severity::info,
      .mesh = "Istio",
      .category = "resiliency",
      .title = "failing endpoints stay in the load balancing",
      .why =
          "Without outlier detection a pod that answers every request with an error gets its full "
          "share until its readiness probe notices, if it ever does.",
      .remedy =
          "add outlierDetection: {consecutive5xxErrors: 5, interval: 10s, baseEjectionTime: 30s}",
      .check = check};
}

}  // namespace weft::rules
