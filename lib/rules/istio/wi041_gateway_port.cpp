#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// Ports on which requests reach the pods: what Services map from, and what they map to.
std::set<std::int64_t> reachable_ports(const Inventory& in, const Value* selector, bool& known) {
  std::set<std::int64_t> ports;
  for (const Workload* workload : in.select({}, selector)) {
    for (const Resource* service : in.services_of(*workload)) {
      known = true;
      for (const Value& port : items(get(service->spec, "ports"))) {
        ports.insert(integer(get(&port, "port")).value_or(0));
        ports.insert(integer(get(&port, "targetPort")).value_or(0));
      }
    }
  }
  return ports;
}

void check(const Inventory& in, Report& out) {
  for (const Resource* gateway : in.all(kinds::istio_gateway)) {
    bool known = false;
    const auto ports = reachable_ports(in, get(gateway->spec, "selector"), known);
    for (const Value& server : items(get(gateway->spec, "servers"))) {
      const Value* number = get(&server, "port", "number");
      if (!known || number == nullptr || ports.contains(integer(number).value_or(0))) continue;
      out.add(*gateway, number,
              fmt::format("no Service of the gateway's pods has the port {}", scalar_text(number)))
          .with("port", scalar_text(number));
    }
  }
}

}  // namespace

Rule wi041() {
  return {.id = "WI041",
          .slug = "gateway-port",
          .mesh = "Istio",
          .category = "gateways",
          .title = "a Gateway opens a port that its Service does not have",
          .why = "The proxy listens there, but no request gets that far.",
          .remedy = "add the port to the Service of the gateway",
          .refs = "IST0162",
          .check = check};
}

}  // namespace weft::rules
