#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

bool answers_itself(const Value& rule) {
  return get(&rule, "redirect") != nullptr || get(&rule, "directResponse") != nullptr ||
         get(&rule, "delegate") != nullptr || get(&rule, "route") == nullptr;
}

void check(const Inventory& in, Report& out) {
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    for (const Value& rule : routes(*vs, "http")) {
      if (answers_itself(rule) || get(&rule, "timeout") != nullptr) continue;
      out.add(*vs, &rule, "no timeout here, and Istio's default is none");
      break;  // once per object: what one route lacks, the others usually lack too
    }
  }
}

}  // namespace

Rule wr001() {
  return {.id = "WR001",
          .slug = "no-timeout",
          .severity = Severity::info,
          .mesh = "all",
          .category = "resiliency",
          .title = "a route without a timeout",
          .why =
              "Istio sets no timeout unless a route does. When the called service hangs, requests "
              "pile up in the caller until it fails as well.",
          .remedy =
              "set timeout (HTTPRoute: timeouts.request) a little above the slowest answer that is "
              "still useful",
          .check = check};
}

}  // namespace weft::rules
