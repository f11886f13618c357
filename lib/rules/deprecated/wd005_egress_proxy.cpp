#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* sidecar : in.all(kinds::sidecar))
    if (const Value* proxy = get(sidecar->spec, "outboundTrafficPolicy", "egressProxy"))
      out.add(*sidecar, proxy, "egressProxy is ignored");
}

}  // namespace

Rule wd005() {
  return {.id = "WD005",
          .slug = "egress-proxy",
          .mesh = "Istio",
          .category = "deprecations",
          .title = "the field egressProxy of a Sidecar",
          .why = "Istio ignores it: traffic to unknown hosts does not go through the proxy named.",
          .remedy = "route through an egress gateway",
          .refs = "IST0002",
          .check = check};
}

}  // namespace weft::rules
