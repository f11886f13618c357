#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/gateway/route.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"
#include "lib/rules/resiliency/replicas.h"

namespace weft::rules {
namespace {

bool is_empty(std::span<const Workload* const> workloads) {
  return !workloads.empty() && std::all_of(workloads.begin(), workloads.end(),
                                           [](const auto* one) { return replicas(*one) == 0; });
}

std::string nothing_answers(const Workload& workload) {
  return fmt::format("{} has no replicas: requests sent here fail", workload.resource->title());
}

// The workloads that a destination of a VirtualService means.
std::vector<const Workload*> reached(const Inventory& in, const Destination& to) {
  std::vector<const Workload*> found;
  const Value* subset = to.subset.empty() ? nullptr : to.subset_value();
  for (const Host* host : to.meant)
    for (const Workload* workload : in.workloads_of(*host->resource))
      if (labels_match(get(subset, "labels"), workload->labels())) found.push_back(workload);
  return found;
}

void check_virtual_services(const Inventory& in, Report& out) {
  for (const Destination& to : in.view<Destinations>().all()) {
    if (to.is_mirror() || integer(get(to.route, "weight")) == 0) continue;
    const auto workloads = reached(in, to);
    if (is_empty(workloads))
      out.add(*to.virtual_service, to.value, nothing_answers(*workloads.front()))
          .with("subset", to.subset);
  }
}

void check(const Inventory& in, Report& out) {
  check_virtual_services(in, out);
  for (const Resource* route : routes_of(in)) {
    for (const Reference& backend : backends(*route)) {
      const Resource* service = backend.target() == kinds::service
                                    ? in.find(kinds::service, backend.ns, backend.name)
                                    : nullptr;
      if (service == nullptr || integer(get(backend.value, "weight")) == 0) continue;
      const auto workloads = in.workloads_of(*service);
      if (is_empty(workloads)) out.add(*route, backend.value, nothing_answers(*workloads.front()));
    }
  }
}

}  // namespace

Rule wr020() {
  return {.id = "WR020",
          .slug = "split-to-nothing",
          .mesh = "all",
          .category = "resiliency",
          .title = "a share of the requests goes to a workload scaled to zero",
          .why = "There is no pod to answer: that share fails with 503.",
          .remedy = "scale the workload up first, or set the weight to 0",
          .check = check};
}

}  // namespace weft::rules
