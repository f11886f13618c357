#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/security/policy.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* policy : in.all(kinds::authorization_policy)) {
    const std::string_view action = text(get(policy->spec, "action"));
    if (!action.empty() && action != "ALLOW") continue;
    for (const Value& rule : items(get(policy->spec, "rules")))
      if (rule.size() == 0) out.add(*policy, &rule, "an empty rule allows everything to everybody");
  }
  for (const Resource* tls : in.all(kinds::linkerd_mesh_tls))
    for (const Value& identity : items(get(tls->spec, "identities")))
      if (text(&identity) == "*") out.add(*tls, &identity, "every identity of the mesh is allowed");
  for (const Resource* network : in.all(kinds::linkerd_network))
    for (const Value& entry : items(get(network->spec, "networks")))
      if (const Value* cidr = get(&entry, "cidr");
          text(cidr) == "0.0.0.0/0" || text(cidr) == "::/0")
        out.add(*network, cidr, "every address is allowed");
}

}  // namespace

Rule wx003() {
  return {
      .id = "WX003",
      .slug = "allow-everyone",
      .mesh = "all",
      .category = "security",
      .title = "a policy that allows everyone",
      .why =
          "It reads like a protection and is none; it also overrides narrower ALLOW policies for "
          "the same workload.",
      .remedy = "name who may do what",
      .check = check};
}

}  // namespace weft::rules
