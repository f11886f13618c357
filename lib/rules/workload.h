// What runs: pods, and the pod templates of everything that makes pods. Rules that select pods
// match templates as well, because a repository holds Deployments and hardly ever a Pod.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lib/rules/resource.h"

namespace weft::rules {

struct Workload {
  const Resource* resource = nullptr;
  const Value* metadata = nullptr;  // of the pod
  const Value* pod = nullptr;       // the pod's spec
  const Value* label_map = nullptr;
  const Value* annotation_map = nullptr;
  std::vector<const Value*> container_list;  // init containers come last

  bool is_pod() const { return resource->is(kinds::pod); }
  const Value* labels() const { return label_map; }
  const Value* annotations() const { return annotation_map; }
  std::string_view label(std::string_view key) const { return text(get(labels(), key)); }
  std::string_view annotation(std::string_view key) const { return text(get(annotations(), key)); }
  // Containers and init containers.
  std::span<const Value* const> containers() const { return container_list; }
  const Value* container(std::string_view name) const;
};

// The workload that a resource is, if it is one: known kinds, and any object with
// spec.template.spec.containers.
std::optional<Workload> workload_of(const Resource& resource);

// True when every pair of `wanted` (a map of labels) is among `labels`. An empty `wanted` matches.
bool labels_match(const Value* wanted, const Value* labels);

// Finds workloads by labels without looking at all of them.
class WorkloadIndex {
 public:
  void add(const Workload& workload);
  // In `ns`, or everywhere when it is empty. No labels: all of them.
  std::vector<const Workload*> select(std::string_view ns, const Value* labels) const;

 private:
  using Found = std::vector<const Workload*>;
  const Found& rarest(std::string_view ns, const Value* labels) const;

  std::unordered_map<std::string, Found> by_label_;  // "ns\nkey\nvalue", "ns", "" and "\nkey\n..."
};

}  // namespace weft::rules
