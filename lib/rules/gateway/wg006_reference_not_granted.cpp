#include "lib/base/format.h"
#include "lib/rules/gateway/route.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* route : routes_of(in)) {
    for (const Reference& backend : backends(*route)) {
      if (is_granted(in, *route, backend)) continue;
      out.add(*route, backend.value,
              fmt::format("no ReferenceGrant in {} lets a {} of {} use its {} {}", backend.ns,
                          route->kind, route->ns, backend.kind, backend.name))
          .with("backend", fmt::format("{} {}/{}", backend.kind, backend.ns, backend.name))
          .absence();
    }
  }
}

}  // namespace

Rule wg006() {
  return {.id = "WG006",
          .slug = "reference-not-granted",
          .severity = Severity::error,
          .mesh = "Gateway API",
          .category = "routing",
          .title = "a route leads into another namespace without a grant",
          .why = "The reference is refused; requests that match get 500.",
          .remedy = "create a ReferenceGrant in the namespace of the backend",
          .refs = "KIA1402",
          .check = check};
}

}  // namespace weft::rules
