#include <set>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

struct Ports {
  std::set<std::int64_t> served;   // by containers, or where Services lead
  std::set<std::int64_t> service;  // what clients of the Services use
};

Ports ports_of(const Inventory& in, const std::vector<const Workload*>& workloads) {
  Ports ports;
  for (const Workload* workload : workloads) {
    for (const Value* container : workload->containers())
      for (const Value& port : items(get(container, "ports")))
        ports.served.insert(integer(get(&port, "containerPort")).value_or(0));
    for (const Resource* service : in.services_of(*workload)) {
      for (const Value& port : items(get(service->spec, "ports"))) {
        const auto number = integer(get(&port, "port"));
        const Value* target = get(&port, "targetPort");
        ports.service.insert(number.value_or(0));
        ports.served.insert(integer(target == nullptr ? get(&port, "port") : target).value_or(0));
      }
    }
  }
  return ports;
}

void check(const Inventory& in, Report& out) {
  for (const Resource* policy : in.all(kinds::peer_authentication)) {
    const auto entries = members(get(policy->spec, "portLevelMtls"));
    const Value* labels = get(policy->spec, "selector", "matchLabels");
    if (entries.empty()) continue;
    if (labels == nullptr || labels->size() == 0) {
      out.add(*policy, get(policy->spec, "portLevelMtls"),
              "portLevelMtls counts only beside a selector with labels");
      continue;
    }
    const Ports ports = ports_of(in, in.select(policy->ns, labels));
    for (const Member& entry : entries) {
      const std::int64_t number = base::parse_int(entry.key).value_or(0);
      // A container may serve ports it does not declare, so only a Service's own port is proof.
      if (ports.served.contains(number) || !ports.service.contains(number)) continue;
      out.add(*policy, &entry.value,
              fmt::format("{} is the port of the Service; the pods serve it on another one",
                          entry.key))
          .with("port", entry.key);
    }
  }
}

}  // namespace

Rule wi077() {
  return {.id = "WI077",
          .slug = "mtls-port",
          .mesh = "Istio",
          .category = "security",
          .title = "portLevelMtls for a port that the pods do not serve",
          .why = "Ports here are those of the container. The setting of this one never applies.",
          .remedy = "use the targetPort of the Service, and a selector",
          .check = check};
}

}  // namespace weft::rules
