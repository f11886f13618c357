#include "lib/rules/istio/overlap.h"

#include <map>
#include <set>

#include "lib/base/format.h"

namespace weft::rules {
namespace {

std::string listed(const std::set<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

}  // namespace

const Value* selector_of(const Resource& resource) {
  const Value* labels = get(resource.spec, "workloadSelector", "labels");
  if (labels == nullptr) labels = get(resource.spec, "selector", "matchLabels");
  return labels != nullptr && labels->size() != 0 ? labels : nullptr;
}

void report_shared_workloads(const Inventory& in, const GroupKind& kind, Report& out) {
  std::map<const Workload*, std::vector<const Resource*>> owners;
  for (const Resource* resource : in.all(kind))
    if (const Value* labels = selector_of(*resource))
      for (const Workload* workload : in.select(resource->ns, labels))
        if (!in.is_ambient(*workload)) owners[workload].push_back(resource);
  // One finding for each object and set of rivals, however many workloads they share.
  std::map<const Resource*, std::set<std::string>> rivals;
  std::map<const Resource*, std::set<std::string>> shared;
  for (const auto& [workload, resources] : owners) {
    if (resources.size() < 2) continue;
    for (const Resource* resource : resources) {
      shared[resource].insert(workload->resource->title());
      for (const Resource* other : resources)
        if (other != resource) rivals[resource].insert(other->full_name());
    }
  }
  for (const auto& [resource, names] : rivals)
    out.add(*resource, selector_of(*resource),
            fmt::format("{} is selected by {} as well", *shared[resource].begin(), listed(names)))
        .with("others", listed(names));
}

void report_several_defaults(const Inventory& in, const GroupKind& kind, Report& out) {
  std::map<std::string_view, std::vector<const Resource*>> defaults;
  for (const Resource* resource : in.all(kind))
    if (selector_of(*resource) == nullptr && get(resource->spec, "targetRefs") == nullptr &&
        get(resource->spec, "targetRef") == nullptr)
      defaults[resource->ns].push_back(resource);
  for (const auto& [ns, resources] : defaults) {
    if (resources.size() < 2) continue;
    for (const Resource* resource : resources)
      out.add(*resource, nullptr,
              fmt::format("{} objects of this kind are for the whole namespace {}",
                          resources.size(), ns))
          .with("namespace", ns);
  }
}

}  // namespace weft::rules
