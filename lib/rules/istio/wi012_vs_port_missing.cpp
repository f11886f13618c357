#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Destination& to : in.view<Destinations>().all()) {
    if (!to.port || to.meant.empty()) continue;
    const bool has_port = std::any_of(to.meant.begin(), to.meant.end(), [&](const Host* host) {
      return host->ports.empty() || host->has_port(*to.port);
    });
    if (has_port) continue;
    out.add(*to.virtual_service, get(to.value, "port", "number"),
            fmt::format("{} has no port {}", to.meant.front()->resource->title(), *to.port))
        .with("reftype", "host:port")
        .with("refval", fmt::format("{}:{}", to.host, *to.port));
  }
}

}  // namespace

Rule wi012() {
  return {.id = "WI012",
          .slug = "vs-port-missing",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "routing",
          .title = "a route leads to a port that the host does not have",
          .why =
              "The port of a destination is the Service's port, not the container's: a request "
              "to another one gets 503.",
          .remedy = "use a port of the Service",
          .refs = "IST0101",
          .check = check};
}

}  // namespace weft::rules
