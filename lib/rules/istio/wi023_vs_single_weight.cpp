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
        const auto targets = items(get(&rule, "route"));
        const Value* weight = targets.size() == 1 ? get(&targets.front(), "weight") : nullptr;
        if (weight == nullptr || integer(weight) == 100) continue;
        out.add(*vs, weight,
                fmt::format("the weight {} stands at the only destination, which gets everything",
                            scalar_text(weight)))
            .fixed_by({Fix::Kind::remove, weight, {}});
      }
    }
  }
}

}  // namespace

Rule wi023() {
  return {.id = "WI023",
          .slug = "vs-single-weight",
          .mesh = "Istio",
          .category = "routing",
          .title = "a weight on the only destination of a route",
          .why =
              "A single destination gets all requests whatever its weight; it looks like a split "
              "whose other half was lost.",
          .remedy = "remove the weight, or add the other destinations",
          .refs = "KIA1104",
          .check = check};
}

}  // namespace weft::rules
