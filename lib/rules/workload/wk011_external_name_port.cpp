#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/workload/protocol.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  if (!in.uses("Istio")) return;
  for (const Resource* service : in.all(kinds::service)) {
    if (text(get(service->spec, "type")) != "ExternalName") continue;
    for (const Value& port : items(get(service->spec, "ports"))) {
      const std::string_view name = text(get(&port, "name"));
      if (get(&port, "appProtocol") != nullptr || (names_protocol(name) && name != "tcp")) continue;
      out.add(*service, &port,
              fmt::format("port {} of an ExternalName is taken as TCP",
                          scalar_text(get(&port, "port"))))
          .with("port", scalar_text(get(&port, "port")));
    }
  }
}

}  // namespace

Rule wk011() {
  return {.id = "WK011",
          .slug = "external-name-port",
          .mesh = "Istio",
          .category = "onboarding",
          .title = "an ExternalName Service with a port of no protocol",
          .why = "As TCP it makes every proxy take all traffic to that port, whoever it is for.",
          .remedy = "name the port after its protocol, like https",
          .refs = "IST0150",
          .check = check};
}

}  // namespace weft::rules
