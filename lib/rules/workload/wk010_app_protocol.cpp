#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/workload/protocol.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* service : in.all(kinds::service)) {
    for (const Value& port : items(get(service->spec, "ports"))) {
      const Value* protocol = get(&port, "appProtocol");
      if (!is_proxied(port) || text(protocol).empty() || is_known_app_protocol(text(protocol)))
        continue;
      out.add(*service, protocol, fmt::format("no mesh knows the protocol {}", text(protocol)))
          .with("appProtocol", text(protocol));
    }
  }
}

}  // namespace

Rule wk010() {
  return {.id = "WK010",
          .slug = "app-protocol",
          .mesh = "all",
          .category = "onboarding",
          .title = "an appProtocol that no mesh knows",
          .why = "The port is treated as plain TCP, or its protocol is guessed.",
          .remedy = "use http, http2, grpc, tcp, tls or kubernetes.io/h2c",
          .refs = "KIA0602",
          .check = check};
}

}  // namespace weft::rules
