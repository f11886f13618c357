#include <unordered_map>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"
#include "lib/rules/resiliency/retry.h"

namespace weft::rules {
namespace {

// How long the proxy of a workload keeps idle connections of its callers, where a Sidecar says so.
using Servers = std::unordered_map<const Workload*, const Value*>;

Servers servers_of(const Inventory& in) {
  Servers servers;
  for (const Resource* sidecar : in.all(kinds::sidecar)) {
    const Value* idle = get(sidecar->spec, "inboundConnectionPool", "http", "idleTimeout");
    const Value* labels = get(sidecar->spec, "workloadSelector", "labels");
    if (idle == nullptr || labels == nullptr) continue;
    for (const Workload* workload : in.select(sidecar->ns, labels))
      servers.try_emplace(workload, idle);
  }
  return servers;
}

std::vector<const Value*> client_times(const Resource& rule) {
  std::vector<const Value*> all;
  const auto add = [&all](const Value* policy) {
    if (const Value* idle = get(policy, "connectionPool", "http", "idleTimeout"))
      all.push_back(idle);
  };
  add(get(rule.spec, "trafficPolicy"));
  for (const Value& port : items(get(rule.spec, "trafficPolicy", "portLevelSettings"))) add(&port);
  for (const Value& subset : items(get(rule.spec, "subsets"))) add(get(&subset, "trafficPolicy"));
  return all;
}

// The shortest time of the servers behind a host.
const Value* shortest(const Inventory& in, const Servers& servers, const Resource& rule) {
  const Value* least = nullptr;
  for (const Host* host : in.hosts().find(text(get(rule.spec, "host")), rule.ns))
    for (const Workload* workload : in.workloads_of(*host->resource)) {
      const auto server = servers.find(workload);
      if (server == servers.end() || !milliseconds(server->second)) continue;
      if (least == nullptr || *milliseconds(server->second) < *milliseconds(least))
        least = server->second;
    }
  return least;
}

void check(const Inventory& in, Report& out) {
  const Servers servers = servers_of(in);
  if (servers.empty()) return;
  for (const Resource* rule : in.all(kinds::destination_rule)) {
    const Value* server = shortest(in, servers, *rule);
    if (server == nullptr) continue;
    for (const Value* client : client_times(*rule))
      if (milliseconds(client).value_or(0) > *milliseconds(server))
        out.add(*rule, client,
                fmt::format("the Sidecar of {} closes idle connections after {}",
                            text(get(rule->spec, "host")), text(server)));
  }
}

}  // namespace

Rule wr019() {
  return {.id = "WR019",
          .slug = "idle-longer-than-server",
          .severity = Severity::info,
          .mesh = "Istio",
          .category = "resiliency",
          .title = "clients keep idle connections longer than the server",
          .why =
              "A request on a connection that the server is just closing fails with a reset, now "
              "and then and for no visible reason.",
          .remedy = "let the idleTimeout of the DestinationRule be the shorter one",
          .check = check};
}

}  // namespace weft::rules
