#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  const Resource* roots = in.find(kinds::config_map, "linkerd", "linkerd-identity-trust-roots");
  const std::string_view bundle =
      base::trim(text(roots ? get(roots->root, "data", "ca-bundle.crt") : nullptr));
  if (bundle.empty()) return;
  for (const Workload& workload : in.workloads()) {
    for (const Value& variable : items(get(workload.container("linkerd-proxy"), "env"))) {
      const Value* value = get(&variable, "value");
      if (text(get(&variable, "name")) == "LINKERD2_PROXY_IDENTITY_TRUST_ANCHORS" &&
          value != nullptr && base::trim(text(value)) != bundle)
        out.add(*workload.resource, value, "is not the bundle in linkerd-identity-trust-roots");
    }
  }
}

}  // namespace

Rule wl021() {
  return {.id = "WL021",
          .slug = "stale-trust-root",
          .mesh = "Linkerd",
          .category = "security",
          .title = "a proxy with another trust root than the control plane",
          .why =
              "It was started before the trust anchor changed: once the old one ends, its peers "
              "refuse it.",
          .remedy = "restart its workload",
          .refs = "l5d-identity-data-plane-proxies-certs-match-ca",
          .check = check};
}

}  // namespace weft::rules
