#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// Names by which endpoints of a network may be told: those of every mesh, the clusters whose
// Secrets are here, and the cluster of the control plane itself.
std::set<std::string> registries(const Inventory& in) {
  std::set<std::string> names{"Mock", "Kubernetes", "External"};
  for (const Resource* secret : in.all(kinds::secret)) {
    if (secret->label("istio/multiCluster") != "true") continue;
    for (const char* part : {"data", "stringData"})
      for (const Member& entry : members(get(secret->root, part))) names.insert(entry.key);
  }
  for (const Workload& workload : in.workloads())
    for (const Value* container : workload.containers())
      for (const Value& variable : items(get(container, "env")))
        if (text(get(&variable, "name")) == "CLUSTER_ID")
          names.emplace(text(get(&variable, "value")));
  return names;
}

void check(const Inventory& in, Report& out) {
  const auto known = registries(in);
  for (const Resource* map : in.all(kinds::config_map)) {
    const Value* entry = get(map->root, "data", "meshNetworks");
    if (map->ns != in.settings().root_namespace || text(entry).empty()) continue;
    const auto read = doc::read_manifests(doc::Source("meshNetworks", entry->string()));
    if (read.documents.empty()) continue;
    const Value& root = read.documents.front().document.root;
    for (const Member& network : members(get(&root, "networks"))) {
      for (const Value& endpoint : items(get(&network.value, "endpoints"))) {
        const std::string_view registry = text(get(&endpoint, "fromRegistry"));
        if (registry.empty() || known.contains(std::string(registry))) continue;
        out.add(*map, entry,
                fmt::format("the network {} takes its endpoints from {}, and no Secret labelled "
                            "istio/multiCluster has that cluster",
                            network.key, registry))
            .with("serviceregistry", registry)
            .with("network", network.key)
            .absence();
      }
    }
  }
}

}  // namespace

Rule wi103() {
  return {.id = "WI103",
          .slug = "network-registry",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "control plane",
          .title = "a network of the mesh names a cluster that is not known",
          .why =
              "Its endpoints belong to no network, so other networks call them directly instead of "
              "through the gateway.",
          .remedy = "use the cluster's name as its remote Secret has it",
          .refs = "IST0126",
          .check = check};
}

}  // namespace weft::rules
