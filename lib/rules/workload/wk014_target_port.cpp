#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// Ports that the workloads declare, by number and by name.
std::set<std::string> declared(std::span<const Workload* const> workloads) {
  std::set<std::string> ports;
  for (const Workload* workload : workloads) {
    for (const Value* container : workload->containers()) {
      for (const Value& port : items(get(container, "ports"))) {
        ports.insert(scalar_text(get(&port, "containerPort")));
        ports.emplace(text(get(&port, "name")));
      }
    }
  }
  return ports;
}

void check(const Inventory& in, Report& out) {
  for (const Resource* service : in.all(kinds::service)) {
    const auto workloads = in.workloads_of(*service);
    if (workloads.empty()) continue;
    const auto ports = declared(workloads);
    for (const Value& port : items(get(service->spec, "ports"))) {
      const Value* target = get(&port, "targetPort");
      // A number works without being declared; a name does not.
      if (text(target).empty() || integer(target) || ports.contains(std::string(text(target))))
        continue;
      out.add(*service, target,
              fmt::format("no container of {} has a port named {}",
                          workloads.front()->resource->title(), text(target)))
          .with("targetPort", text(target));
    }
  }
}

}  // namespace

Rule wk014() {
  return {.id = "WK014",
          .slug = "target-port",
          .mesh = "all",
          .category = "onboarding",
          .title = "a Service leads to a port name that no container has",
          .why = "The Service has no endpoints for that port.",
          .remedy = "use a port name of the containers, or the number",
          .refs = "KIA0701",
          .check = check};
}

}  // namespace weft::rules
