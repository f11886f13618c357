#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// The labels as pods carry them, or nothing when the selector asks for what only Cilium knows.
std::optional<Value> pod_labels(const Value* labels) {
  Value wanted = Value::map();
  for (const Member& label : members(labels)) {
    std::string_view key = label.key;
    for (std::string_view source : {"k8s:", "any:"})
      if (key.starts_with(source)) key.remove_prefix(source.size());
    if (key.find(':') != std::string_view::npos || key.starts_with("io.kubernetes.") ||
        key.starts_with("io.cilium."))
      return std::nullopt;
    wanted.set(std::string(key), label.value);
  }
  return wanted;
}

void check_spec(const Inventory& in, const Resource& policy, const Value* spec, Report& out) {
  const Value* labels = get(spec, "endpointSelector", "matchLabels");
  if (labels == nullptr || labels->size() == 0) return;
  const auto wanted = pod_labels(labels);
  if (!wanted || !in.select(policy.ns, &*wanted).empty()) return;
  out.add(policy, labels, fmt::format("no workload of {} has these labels", policy.ns)).absence();
}

void check(const Inventory& in, Report& out) {
  for (const Resource* policy : in.all({"cilium.io", "CiliumNetworkPolicy"})) {
    check_spec(in, *policy, policy->spec, out);
    for (const Value& spec : items(get(policy->root, "specs"))) check_spec(in, *policy, &spec, out);
  }
}

}  // namespace

Rule wn001() {
  return {.id = "WN001",
          .slug = "cilium-selects-nothing",
          .mesh = "Cilium",
          .category = "security",
          .title = "a CiliumNetworkPolicy selects no workload",
          .why = "It protects nothing; what it was written for is as open as before.",
          .remedy = "use labels that pods of its namespace have",
          .check = check};
}

}  // namespace weft::rules
