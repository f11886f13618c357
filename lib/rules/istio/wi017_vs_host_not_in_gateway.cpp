#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// A server host may be "namespace/host", where the namespace is of the VirtualService.
bool serves(const Resource& gateway, std::string_view host, std::string_view ns) {
  for (const Value& server : items(get(gateway.spec, "servers"))) {
    for (const Value& entry : items(get(&server, "hosts"))) {
      std::string_view name = text(&entry);
      if (const std::size_t slash = name.find('/'); slash != std::string_view::npos) {
        const std::string_view from = name.substr(0, slash);
        if (from != "*" && from != ns && !(from == "." && gateway.ns == ns)) continue;
        name = name.substr(slash + 1);
      }
      if (hosts_overlap(name, host)) return true;
    }
  }
  return false;
}

void check(const Inventory& in, Report& out) {
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    const auto hosts = items(get(vs->spec, "hosts"));
    for (const Value* name : gateways_of(*vs)) {
      const Resource* gateway = gateway_named(in, text(name), vs->ns);
      if (gateway == nullptr || hosts.empty() ||
          std::any_of(hosts.begin(), hosts.end(),
                      [&](const Value& host) { return serves(*gateway, text(&host), vs->ns); }))
        continue;
      out.add(*vs, get(vs->spec, "hosts"),
              fmt::format("{} serves none of these hosts", gateway->title()))
          .with("gateway", gateway->full_name());
    }
  }
}

}  // namespace

Rule wi017() {
  return {.id = "WI017",
          .slug = "vs-host-not-in-gateway",
          .mesh = "Istio",
          .category = "routing",
          .title = "no host of a VirtualService is served by its Gateway",
          .why = "The gateway has no listener for these hosts, so the routes never see a request.",
          .remedy = "add the host to a server of the Gateway, or correct it",
          .refs = "IST0132",
          .check = check};
}

}  // namespace weft::rules
