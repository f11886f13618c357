#include <cmath>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* splitter : in.all({"consul.hashicorp.com", "ServiceSplitter"})) {
    double sum = 0;
    const Value* splits = get(splitter->spec, "splits");
    for (const Value& split : items(splits))
      if (const Value* weight = get(&split, "weight"); weight != nullptr && weight->is_number())
        sum += weight->number();
    if (splits != nullptr && std::abs(sum - 100) > 0.001)
      out.add(*splitter, splits, fmt::format("the weights add up to {}", sum));
  }
}

}  // namespace

Rule wc002() {
  return {.id = "WC002",
          .slug = "splitter-weights",
          .severity = Severity::error,
          .mesh = "Consul",
          .category = "routing",
          .title = "the weights of a ServiceSplitter do not add up to 100",
          .why = "Consul refuses the object.",
          .remedy = "correct the weights",
          .check = check};
}

}  // namespace weft::rules
