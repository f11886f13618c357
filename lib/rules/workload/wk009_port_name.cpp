#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/workload/protocol.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  if (!in.uses("Istio")) return;
  for (const Resource* service : in.all(kinds::service)) {
    if (service->ns == in.settings().root_namespace || service->ns.starts_with("kube-") ||
        text(get(service->spec, "type")) == "ExternalName" ||
        !service->label("gateway.istio.io/managed").empty())
      continue;
    for (const Value& port : items(get(service->spec, "ports"))) {
      const std::string_view name = text(get(&port, "name"));
      if (!is_proxied(port) || names_protocol(name) || get(&port, "appProtocol") != nullptr)
        continue;
      const std::string number = scalar_text(get(&port, "port"));
      out.add(*service, get(&port, "name") != nullptr ? get(&port, "name") : &port,
              fmt::format("the protocol of port {} does not follow from its name", number))
          .with("port", number)
          .with("portName", name);
    }
  }
}

}  // namespace

Rule wk009() {
  return {.id = "WK009",
          .slug = "port-name",
          .severity = Severity::info,
          .mesh = "Istio",
          .category = "onboarding",
          .title = "a port of a Service whose name tells no protocol",
          .why =
              "Istio guesses the protocol from the first bytes. Where the server speaks first, as "
              "databases do, connections hang until it gives up.",
          .remedy = "name it protocol[-suffix], like http-web or tcp-db, or set appProtocol",
          .refs = "IST0118 KIA0601",
          .check = check};
}

}  // namespace weft::rules
