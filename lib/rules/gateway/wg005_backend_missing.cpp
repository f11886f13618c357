#include "lib/base/format.h"
#include "lib/rules/gateway/route.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* route : routes_of(in)) {
    for (const Reference& backend : backends(*route)) {
      if (backend.target() != kinds::service || backend.name.empty() ||
          in.find(kinds::service, backend.ns, backend.name) != nullptr)
        continue;
      out.add(*route, get(backend.value, "name"),
              fmt::format("there is no Service {}/{}{}", backend.ns, backend.name,
                          in.hosts().suggestion(backend.name, backend.ns)))
          .with("backend", fmt::format("{}/{}", backend.ns, backend.name))
          .absence();
    }
  }
}

}  // namespace

Rule wg005() {
  return {.id = "WG005",
          .slug = "backend-missing",
          .severity = Severity::error,
          .mesh = "Gateway API",
          .category = "routing",
          .title = "a route leads to a Service that is not there",
          .why = "Requests that match get 500.",
          .remedy = "correct the name or the namespace of the backend",
          .refs = "KIA1402",
          .check = check};
}

}  // namespace weft::rules
