#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  // Classes come with the implementations; these names are theirs.
  constexpr std::string_view kUsual =
      " istio istio-waypoint istio-remote istio-east-west cilium linkerd kuma consul nginx "
      "envoy-gateway "
      "traefik kong contour gke-l7-global-external-managed gke-l7-rilb amazon-vpc-lattice ";
  for (const Resource* gateway : in.all(kinds::gateway)) {
    const Value* name = get(gateway->spec, "gatewayClassName");
    if (text(name).empty() || in.find(kinds::gateway_class, {}, text(name)) != nullptr ||
        kUsual.find(fmt::format(" {} ", text(name))) != std::string_view::npos)
      continue;
    out.add(*gateway, name, fmt::format("there is no GatewayClass {}", text(name)))
        .with("gatewayClass", text(name))
        .absence();
  }
}

}  // namespace

Rule wg001() {
  return {.id = "WG001",
          .slug = "gateway-class",
          .severity = Severity::error,
          .mesh = "Gateway API",
          .category = "gateways",
          .title = "a Gateway of a class that is not there",
          .why = "No controller takes care of the Gateway; it never becomes ready.",
          .remedy = "name a GatewayClass of the cluster",
          .refs = "KIA1504",
          .check = check};
}

}  // namespace weft::rules
