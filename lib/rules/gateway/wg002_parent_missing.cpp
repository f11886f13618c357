#include "lib/base/format.h"
#include "lib/rules/gateway/route.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* route : routes_of(in)) {
    for (const Reference& parent : parents(*route)) {
      const bool is_known = parent.target() == kinds::gateway || parent.target() == kinds::service;
      if (!is_known || parent.name.empty() ||
          in.find(parent.target(), parent.ns, parent.name) != nullptr)
        continue;
      out.add(*route, parent.value,
              fmt::format("there is no {} {}/{}", parent.kind, parent.ns, parent.name))
          .with("parent", fmt::format("{} {}/{}", parent.kind, parent.ns, parent.name))
          .absence();
    }
  }
}

}  // namespace

Rule wg002() {
  return {
      .id = "WG002",
      .slug = "parent-missing",
      .severity = Severity::error,
      .mesh = "Gateway API",
      .category = "gateways",
      .title = "a route attaches to something that is not there",
      .why = "The route is not served. A parent without a namespace is looked for in the route's.",
      .remedy = "correct the name or the namespace of the parent",
      .refs = "KIA1401",
      .check = check};
}

}  // namespace weft::rules
