#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* service : in.all(kinds::service)) {
    const Value* selector = get(service->spec, "selector");
    if (selector == nullptr || selector->size() == 0 || !in.select(service->ns, selector).empty() ||
        text(get(service->spec, "type")) == "ExternalName")
      continue;
    out.add(*service, selector, fmt::format("no workload of {} has these labels", service->ns))
        .absence();
  }
}

}  // namespace

Rule wk015() {
  return {.id = "WK015",
          .slug = "service-selects-nothing",
          .mesh = "all",
          .category = "onboarding",
          .title = "a Service selects no workload",
          .why = "It has no endpoints: every request to it fails.",
          .remedy = "use labels that the pods have",
          .check = check};
}

}  // namespace weft::rules
