#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* vs : in.all(kinds::virtual_service))
    for (const Value& rule : routes(*vs, "http"))
      for (const char* part : {"delay", "abort"})
        if (const Value* percent = get(&rule, "fault", part, "percent");
            integer(percent).value_or(0) > 0)
          out.add(*vs, percent,
                  fmt::format("fault.{}.percent is replaced by percentage.value", part));
}

}  // namespace

Rule wd004() {
  return {.id = "WD004",
          .slug = "fault-percent",
          .mesh = "Istio",
          .category = "deprecations",
          .title = "the old field percent of a fault",
          .why = "It is deprecated and will stop working.",
          .remedy = "write percentage: {value: N}",
          .refs = "IST0002",
          .check = check};
}

}  // namespace weft::rules
