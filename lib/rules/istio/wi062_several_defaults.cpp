#include "lib/rules/inventory.h"
#include "lib/rules/istio/overlap.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const GroupKind& kind : {kinds::sidecar, kinds::telemetry, kinds::peer_authentication})
    report_several_defaults(in, kind, out);
}

}  // namespace

Rule wi062() {
  return {.id = "WI062",
          .slug = "several-defaults",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "sidecars",
          .title = "several objects without a selector in one namespace",
          .why = "Only one of them can be the default of the namespace; which one is not defined.",
          .remedy = "keep one, give the others selectors",
          .refs = "IST0111 IST0160 KIA0002",
          .check = check};
}

}  // namespace weft::rules
