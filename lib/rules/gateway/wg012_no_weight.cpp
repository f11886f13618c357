#include <algorithm>

#include "lib/rules/gateway/route.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* route : routes_of(in)) {
    for (const Value& rule : items(get(route->spec, "rules"))) {
      const auto targets = items(get(&rule, "backendRefs"));
      if (!targets.empty() && std::all_of(targets.begin(), targets.end(), [](const Value& target) {
            return integer(get(&target, "weight")) == 0;
          }))
        out.add(*route, get(&rule, "backendRefs"), "every backend has the weight 0");
    }
  }
}

}  // namespace

Rule wg012() {
  return {.id = "WG012",
          .slug = "no-weight",
          .mesh = "Gateway API",
          .category = "routing",
          .title = "all weights of a route are zero",
          .why = "Requests that match get 500.",
          .remedy = "give a weight to the backend that should answer",
          .check = check};
}

}  // namespace weft::rules
