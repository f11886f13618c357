#include "lib/rules/workload.h"

#include <algorithm>

#include "lib/base/format.h"

namespace weft::rules {
namespace {

std::string key_of(std::string_view ns, std::string_view key, std::string_view value) {
  return fmt::format("{}\n{}\n{}", ns, key, value);
}

Workload workload_from(const Resource& resource, const Value* metadata, const Value* pod) {
  Workload out{&resource, metadata, pod, get(metadata, "labels"), get(metadata, "annotations"), {}};
  for (const char* list : {"containers", "initContainers"})
    for (const Value& container : items(get(pod, list))) out.container_list.push_back(&container);
  return out;
}

}  // namespace

const Value* Workload::container(std::string_view name) const {
  for (const Value* container : containers())
    if (text(get(container, "name")) == name) return container;
  return nullptr;
}

std::optional<Workload> workload_of(const Resource& resource) {
  if (resource.is(kinds::pod))
    return workload_from(resource, get(resource.root, "metadata"), resource.spec);
  const Value* pod_template = get(resource.spec, "template");
  if (resource.kind == "CronJob")
    pod_template = get(resource.spec, "jobTemplate", "spec", "template");
  const Value* pod = get(pod_template, "spec");
  if (get(pod, "containers") == nullptr) return std::nullopt;
  return workload_from(resource, get(pod_template, "metadata"), pod);
}

bool labels_match(const Value* wanted, const Value* labels) {
  const auto pairs = members(wanted);
  return std::all_of(pairs.begin(), pairs.end(), [labels](const Member& pair) {
    const Value* value = get(labels, pair.key);
    if (value == nullptr) return false;
    if (value->is_string() && pair.value.is_string()) return value->string() == pair.value.string();
    return scalar_text(value) == scalar_text(&pair.value);
  });
}

void WorkloadIndex::add(const Workload& workload) {
  const std::string_view ns = workload.resource->ns;
  by_label_[std::string(ns)].push_back(&workload);
  by_label_[""].push_back(&workload);
  for (const Member& label : members(workload.labels())) {
    const std::string value = scalar_text(&label.value);
    by_label_[key_of(ns, label.key, value)].push_back(&workload);
    by_label_[key_of("", label.key, value)].push_back(&workload);
  }
}

const WorkloadIndex::Found& WorkloadIndex::rarest(std::string_view ns, const Value* labels) const {
  static const Found kNone;
  const auto lookup = [this](const std::string& key) -> const Found& {
    const auto found = by_label_.find(key);
    return found == by_label_.end() ? kNone : found->second;
  };
  const Found* best = &lookup(std::string(ns));
  for (const Member& label : members(labels)) {
    const Found& found = lookup(key_of(ns, label.key, scalar_text(&label.value)));
    if (found.size() < best->size()) best = &found;
  }
  return *best;
}

std::vector<const Workload*> WorkloadIndex::select(std::string_view ns, const Value* labels) const {
  std::vector<const Workload*> selected;
  for (const Workload* workload : rarest(ns, labels))
    if (labels_match(labels, workload->labels())) selected.push_back(workload);
  return selected;
}

}  // namespace weft::rules
