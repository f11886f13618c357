#include <map>
#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  if (!in.uses("Istio")) return;
  for (const Workload& workload : in.workloads()) {
    if (workload.is_pod()) continue;
    std::map<std::string, std::set<std::int64_t>> ports;
    std::map<std::string, std::set<std::string>> users;
    for (const Resource* service : in.services_of(workload)) {
      for (const Value& port : items(get(service->spec, "ports"))) {
        const Value* target = get(&port, "targetPort");
        const std::string name = scalar_text(target != nullptr ? target : get(&port, "port"));
        ports[name].insert(integer(get(&port, "port")).value_or(0));
        users[name].insert(service->full_name());
      }
    }
    for (const auto& [target, numbers] : ports) {
      if (numbers.size() < 2 || users[target].size() < 2) continue;
      std::string list;
      for (const std::string& name : users[target]) list += (list.empty() ? "" : ", ") + name;
      out.add(*workload.resource, nullptr,
              fmt::format("the Services {} reach its port {} by different ports", list, target))
          .with("targetPort", target)
          .with("services", list);
    }
  }
}

}  // namespace

Rule wk013() {
  return {.id = "WK013",
          .slug = "services-target-conflict",
          .severity = Severity::info,
          .mesh = "Istio",
          .category = "onboarding",
          .title = "Services lead different ports to one port of a workload",
          .why = "Policies and telemetry for that port cannot tell the Services apart.",
          .remedy = "use one port number for both, or different target ports",
          .refs = "IST0137",
          .check = check};
}

}  // namespace weft::rules
