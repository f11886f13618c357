#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

bool is_for_tests(std::string_view ns) {
  for (const char* word : {"test", "chaos", "staging", "dev"})
    if (ns.find(word) != std::string_view::npos) return true;
  return false;
}

void check(const Inventory& in, Report& out) {
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    if (is_for_tests(vs->ns)) continue;
    for (const Value& rule : routes(*vs, "http"))
      if (const Value* fault = get(&rule, "fault");
          fault != nullptr && get(&rule, "match") == nullptr)
        out.add(*vs, fault, "faults are injected into requests of everybody");
  }
}

}  // namespace

Rule wr014() {
  return {.id = "WR014",
          .slug = "fault-injection",
          .mesh = "Istio",
          .category = "resiliency",
          .title = "fault injection for all requests",
          .why = "It delays or refuses real requests; such routes are often left over from a test.",
          .remedy = "remove it, or match a header that only tests send",
          .check = check};
}

}  // namespace weft::rules
