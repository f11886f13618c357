#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* tls : in.all(kinds::linkerd_mesh_tls))
    for (const Value& identity : items(get(tls->spec, "identities")))
      if (text(&identity) == "*")
        out.add(*tls, &identity, "any meshed pod passes").as(Severity::info);
  for (const Resource* network : in.all(kinds::linkerd_network)) {
    for (const Value& entry : items(get(network->spec, "networks"))) {
      const Value* cidr = get(&entry, "cidr");
      if (text(cidr) == "0.0.0.0/0" || text(cidr) == "::/0")
        out.add(*network, cidr, fmt::format("{} is everybody, without a certificate", text(cidr)))
            .with("cidr", text(cidr));
    }
  }
}

}  // namespace

Rule wl010() {
  return {.id = "WL010",
          .slug = "authentication-any",
          .mesh = "Linkerd",
          .category = "security",
          .title = "an authentication that everybody passes",
          .why =
              "A network of 0.0.0.0/0 asks for no certificate at all: any pod of the cluster, in "
              "the mesh or not, gets in. The identity * is any meshed pod.",
          .remedy = "list the identities, or the networks of the nodes for probes",
          .check = check};
}

}  // namespace weft::rules
