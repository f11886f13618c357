#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/gateway/route.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* route : routes_of(in)) {
    for (const Reference& parent : parents(*route)) {
      const Resource* gateway = parent.target() == kinds::gateway
                                    ? in.find(kinds::gateway, parent.ns, parent.name)
                                    : nullptr;
      if (gateway == nullptr) continue;
      const auto listeners = items(get(gateway->spec, "listeners"));
      if (!parent.section.empty() && listener_named(*gateway, parent.section) == nullptr)
        out.add(*route, get(parent.value, "sectionName"),
                fmt::format("{} has no listener {}", gateway->title(), parent.section))
            .with("sectionName", parent.section);
      const bool has_port = std::any_of(listeners.begin(), listeners.end(), [&](const Value& one) {
        return integer(get(&one, "port")) == parent.port;
      });
      if (parent.port && !has_port)
        out.add(*route, get(parent.value, "port"),
                fmt::format("{} has no listener on port {}", gateway->title(), *parent.port))
            .with("port", fmt::format("{}", *parent.port));
    }
  }
}

}  // namespace

Rule wg003() {
  return {.id = "WG003",
          .slug = "listener-missing",
          .severity = Severity::error,
          .mesh = "Gateway API",
          .category = "gateways",
          .title = "a route attaches to a listener that its Gateway does not have",
          .why = "The route is not accepted and serves nothing.",
          .remedy = "use the name or port of a listener of the Gateway",
          .check = check};
}

}  // namespace weft::rules
