#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/gateway/route.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

bool fits(const Value& listener, const Reference& parent, std::span<const Value> hostnames) {
  if (!parent.section.empty() && text(get(&listener, "name")) != parent.section) return false;
  if (parent.port && integer(get(&listener, "port")) != parent.port) return false;
  const std::string_view served = text(get(&listener, "hostname"));
  return served.empty() || std::any_of(hostnames.begin(), hostnames.end(), [&](const Value& name) {
           return hosts_overlap(served, text(&name));
         });
}

void check(const Inventory& in, Report& out) {
  for (const Resource* route : routes_of(in)) {
    const auto hostnames = items(get(route->spec, "hostnames"));
    for (const Reference& parent : parents(*route)) {
      const Resource* gateway = parent.target() == kinds::gateway
                                    ? in.find(kinds::gateway, parent.ns, parent.name)
                                    : nullptr;
      if (gateway == nullptr || hostnames.empty()) continue;
      const auto listeners = items(get(gateway->spec, "listeners"));
      const bool is_served =
          std::any_of(listeners.begin(), listeners.end(),
                      [&](const Value& listener) { return fits(listener, parent, hostnames); });
      if (is_served || listeners.empty() ||
          (!parent.section.empty() && listener_named(*gateway, parent.section) == nullptr))
        continue;
      out.add(*route, get(route->spec, "hostnames"),
              fmt::format("no listener of {} serves any of these hosts", gateway->title()))
          .with("gateway", gateway->full_name());
    }
  }
}

}  // namespace

Rule wg004() {
  return {.id = "WG004",
          .slug = "hostname-mismatch",
          .severity = Severity::error,
          .mesh = "Gateway API",
          .category = "gateways",
          .title = "the hostnames of a route and of its listeners have nothing in common",
          .why = "The route is not accepted and serves nothing.",
          .remedy = "align the hostnames",
          .refs = "IST0132",
          .check = check};
}

}  // namespace weft::rules
