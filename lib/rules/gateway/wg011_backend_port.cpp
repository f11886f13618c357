#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/gateway/route.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* route : routes_of(in)) {
    for (const Reference& backend : backends(*route)) {
      if (backend.target() != kinds::service) continue;
      if (!backend.port) {
        out.add(*route, backend.value, "a Service as backend needs a port");
        continue;
      }
      const Resource* service = in.find(kinds::service, backend.ns, backend.name);
      const auto ports =
          service == nullptr ? std::span<const Value>() : items(get(service->spec, "ports"));
      const bool has_port = std::any_of(ports.begin(), ports.end(), [&](const Value& port) {
        return integer(get(&port, "port")) == backend.port;
      });
      if (service == nullptr || has_port || ports.empty()) continue;
      out.add(*route, get(backend.value, "port"),
              fmt::format("{} has no port {}", service->title(), *backend.port))
          .with("port", fmt::format("{}", *backend.port));
    }
  }
}

}  // namespace

Rule wg011() {
  return {.id = "WG011",
          .slug = "backend-port",
          .severity = Severity::error,
          .mesh = "Gateway API",
          .category = "routing",
          .title = "a route leads to a port that its Service does not have",
          .why = "The backend cannot be resolved; requests that match get 500.",
          .remedy = "use a port of the Service, not of its containers",
          .check = check};
}

}  // namespace weft::rules
