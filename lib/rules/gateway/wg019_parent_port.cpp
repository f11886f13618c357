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
      if (parent.target() != kinds::service || !parent.port) continue;
      const Resource* service = in.find(kinds::service, parent.ns, parent.name);
      if (service == nullptr) continue;
      const auto ports = items(get(service->spec, "ports"));
      if (ports.empty() || std::any_of(ports.begin(), ports.end(), [&](const Value& port) {
            return integer(get(&port, "port")) == parent.port;
          }))
        continue;
      out.add(*route, get(parent.value, "port"),
              fmt::format("{} has no port {}", service->title(), *parent.port))
          .with("service", service->full_name());
    }
  }
}

}  // namespace

Rule wg019() {
  return {.id = "WG019",
          .slug = "parent-port",
          .severity = Severity::error,
          .mesh = "Gateway API",
          .category = "routing",
          .title = "a mesh route for a port that the Service does not have",
          .why =
              "The route is not attached to anything; requests go to the Service as if it were not "
              "there.",
          .remedy =
              "use a port of the Service, not of its containers; or leave port out for all of them",
          .check = check};
}

}  // namespace weft::rules
