#include <algorithm>
#include <set>

#include "lib/base/format.h"
#include "lib/rules/gateway/route.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"
#include "lib/rules/resiliency/replicas.h"

namespace weft::rules {
namespace {

bool is_empty(const std::vector<const Workload*>& workloads) {
  return !workloads.empty() && std::all_of(workloads.begin(), workloads.end(),
                                           [](const auto* one) { return replicas(*one) == 0; });
}

std::string nothing_answers(const Workload& workload) {
  return fmt::format("{} has no replicas: requests sent here fail", workload.resource->title());
}

// The workloads that a destination of a VirtualService means.
std::vector<const Workload*> reached(const Inventory& in, const DestinationRules& rules,
                                     const Resource& vs, const Destination& to) {
  std::vector<const Workload*> found;
  for (const Host* host : in.hosts().find(to.host, vs.ns))
    if (host->resource->is(kinds::service)) found = workloads_of(in, *host->resource);
  if (to.subset.empty()) return found;
  for (const Resource* rule : rules.find(to.host, vs.ns)) {
    const Value* subset = subset_named(*rule, to.subset);
    if (subset == nullptr) continue;
    std::erase_if(found, [&](const Workload* workload) {
      return !labels_match(get(subset, "labels"), workload->labels());
    });
  }
  return found;
}

void check_virtual_services(const Inventory& in, Report& out) {
  const DestinationRules rules(in);
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    std::set<const Value*> idle;
    for (const char* kind : {"http", "tls", "tcp"})
      for (const Value& rule : routes(*vs, kind))
        for (const Value& route : items(get(&rule, "route")))
          if (integer(get(&route, "weight")) == 0) idle.insert(get(&route, "destination"));
    for (const Destination& to : destinations(*vs)) {
      if (to.is_mirror || idle.contains(to.value)) continue;
      const auto workloads = reached(in, rules, *vs, to);
      if (is_empty(workloads))
        out.add(*vs, to.value, nothing_answers(*workloads.front())).with("subset", to.subset);
    }
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
      const auto workloads = workloads_of(in, *service);
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
