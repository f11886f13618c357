#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

std::string listed(const std::set<std::int64_t>& ports) {
  std::string out;
  for (const std::int64_t port : ports) out += fmt::format("{}{}", out.empty() ? "" : ", ", port);
  return out;
}

void check(const Inventory& in, Report& out) {
  for (const Destination& to : in.view<Destinations>().all()) {
    if (get(to.value, "port") != nullptr) continue;
    std::set<std::int64_t> ports;
    for (const Host* host : to.meant)
      for (const Port& port : host->ports) ports.insert(port.number);
    if (ports.size() < 2) continue;
    out.add(*to.virtual_service, get(to.value, "host"),
            fmt::format("{} has the ports {}: which one is meant?", to.host, listed(ports)))
        .with("destHost", to.host)
        .with("destPorts", listed(ports));
  }
}

}  // namespace

Rule wi013() {
  return {.id = "WI013",
          .slug = "vs-port-needed",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "routing",
          .title = "a destination without a port, though its host has several",
          .why = "Istio cannot choose one and does not route.",
          .remedy = "add port.number to the destination",
          .refs = "IST0112",
          .check = check};
}

}  // namespace weft::rules
