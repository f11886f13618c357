#include <map>
#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Workload& workload : in.workloads()) {
    if (workload.is_pod()) continue;
    std::map<std::int64_t, std::set<std::string>> protocols;
    std::map<std::int64_t, std::set<std::string>> users;
    for (const Resource* service : in.services_of(workload)) {
      for (const Value& port : items(get(service->spec, "ports"))) {
        const std::int64_t number = integer(get(&port, "port")).value_or(0);
        const std::string_view protocol = text(get(&port, "protocol"));
        protocols[number].emplace(protocol.empty() ? "TCP" : protocol);
        users[number].insert(service->full_name());
      }
    }
    for (const auto& [number, used] : protocols) {
      // One Service may offer DNS over both.
      if (used.size() < 2 || users[number].size() < 2) continue;
      std::string list;
      for (const std::string& name : users[number]) list += (list.empty() ? "" : ", ") + name;
      out.add(*workload.resource, nullptr,
              fmt::format("port {} is TCP and UDP in the Services {}", number, list))
          .with("port", fmt::format("{}", number))
          .with("services", list);
    }
  }
}

}  // namespace

Rule wk012() {
  return {.id = "WK012",
          .slug = "services-protocol-conflict",
          .mesh = "Istio",
          .category = "onboarding",
          .title = "Services give one port of a workload different protocols",
          .why = "A proxy can treat a port in one way only.",
          .remedy = "use different ports",
          .refs = "IST0116",
          .check = check};
}

}  // namespace weft::rules
