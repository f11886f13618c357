#include "lib/rules/inventory.h"
#include "lib/rules/istio/istio.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* gateway : in.all(kinds::istio_gateway)) {
    const Value* selector = get(gateway->spec, "selector");
    if (selector == nullptr || !in.select({}, selector).empty()) continue;
    out.add(*gateway, selector, "no pod and no workload template has these labels")
        .with("reftype", "selector")
        .with("refval", canonical(*selector))
        .absence();
  }
}

}  // namespace

Rule wi040() {
  return {.id = "WI040",
          .slug = "gateway-selector",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "gateways",
          .title = "the selector of a Gateway selects no pod",
          .why = "No proxy opens the ports of this Gateway.",
          .remedy = "use labels of the ingress gateway's pods, for example istio: ingressgateway",
          .refs = "IST0101 KIA0302",
          .check = check};
}

}  // namespace weft::rules
