#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    for (const char* kind : {"http", "tls", "tcp"}) {
      for (const Value& rule : routes(*vs, kind)) {
        const Value* route = get(&rule, "route");
        const auto targets = items(route);
        const auto is_zero = [](const Value& target) {
          return integer(get(&target, "weight")).value_or(0) == 0;
        };
        if (targets.size() > 1 && std::all_of(targets.begin(), targets.end(), is_zero))
          out.add(*vs, route,
                  fmt::format("the {} weights of this route add up to 0", targets.size()));
      }
    }
  }
}

}  // namespace

Rule wi025() {
  return {.id = "WI025",
          .slug = "vs-no-weight",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "routing",
          .title = "all weights of a route are zero",
          .why = "Istio refuses the object: a weight that is not given counts as 0 beside others.",
          .remedy = "give weights that add up to 100",
          .refs = "IST0106",
          .check = check};
}

}  // namespace weft::rules
