#include "lib/rules/resiliency/replicas.h"

namespace weft::rules {

std::optional<std::int64_t> replicas(const Workload& workload) {
  const Resource& resource = *workload.resource;
  if (workload.is_pod()) return 1;
  if (resource.kind == "DaemonSet" || resource.kind == "Job" || resource.kind == "CronJob")
    return std::nullopt;
  const Value* count = get(resource.spec, "replicas");
  if (count == nullptr) return 1;
  return integer(count);
}

std::optional<std::int64_t> replicas(const Inventory& in, const Resource& service) {
  const auto workloads = in.workloads_of(service);
  if (workloads.empty()) return std::nullopt;
  std::int64_t sum = 0;
  for (const Workload* workload : workloads) {
    const auto count = replicas(*workload);
    if (!count || *count < 0 || *count > 1'000'000) return std::nullopt;
    sum += *count;
  }
  return sum;
}

}  // namespace weft::rules
