#include "lib/rules/consul/consul.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* gateway : in.all({kConsulGroup, "IngressGateway"}))
    out.add(*gateway, get(gateway->root, "kind"), "superseded by the API gateway");
}

}  // namespace

Rule wc011() {
  return {
      .id = "WC011",
      .slug = "ingress-gateway",
      .severity = Severity::info,
      .mesh = "Consul",
      .category = "routing",
      .title = "an ingress gateway of the old kind",
      .why = "Consul's API gateway takes its place; this one gets no new features.",
      .remedy = "move the listeners to a Gateway of class consul, and the services to HTTPRoutes",
      .check = check};
}

}  // namespace weft::rules
