#include <algorithm>
#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// Networks, as "namespace/name", that every policy asks for together with an identity.
std::set<std::string> beside_identities(const Inventory& in) {
  std::set<std::string> beside;
  std::set<std::string> alone;
  for (const Resource* policy : in.all(kinds::linkerd_policy)) {
    const auto required = items(get(policy->spec, "requiredAuthenticationRefs"));
    const bool has_identity = std::any_of(required.begin(), required.end(), [](const Value& one) {
      return text(get(&one, "kind")) != kinds::linkerd_network.kind;
    });
    for (const Value& one : required) {
      const Value* ns = get(&one, "namespace");
      if (text(get(&one, "kind")) == kinds::linkerd_network.kind)
        (has_identity ? beside : alone)
            .insert(fmt::format("{}/{}", ns != nullptr ? text(ns) : policy->ns,
                                text(get(&one, "name"))));
    }
  }
  for (const std::string& name : alone) beside.erase(name);
  return beside;
}

void check(const Inventory& in, Report& out) {
  for (const Resource* tls : in.all(kinds::linkerd_mesh_tls))
    for (const Value& identity : items(get(tls->spec, "identities")))
      if (text(&identity) == "*")
        out.add(*tls, &identity, "any meshed pod passes").as(Severity::info);
  const auto harmless = beside_identities(in);
  for (const Resource* network : in.all(kinds::linkerd_network)) {
    if (harmless.contains(network->full_name())) continue;
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
