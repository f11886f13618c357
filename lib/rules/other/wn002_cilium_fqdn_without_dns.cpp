#include <set>

#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

bool sees_dns(const Value* spec) {
  for (const Value& egress : items(get(spec, "egress")))
    for (const Value& ports : items(get(&egress, "toPorts")))
      if (get(&ports, "rules", "dns") != nullptr) return true;
  return false;
}

template <typename Visit>
void for_each_spec(const Inventory& in, Visit visit) {
  for (const char* kind : {"CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"}) {
    for (const Resource* policy : in.all({"cilium.io", kind})) {
      visit(*policy, policy->spec);
      for (const Value& spec : items(get(policy->root, "specs"))) visit(*policy, &spec);
    }
  }
}

void check(const Inventory& in, Report& out) {
  std::set<std::string_view> with_dns;  // namespaces; "" for the whole cluster
  for_each_spec(in, [&](const Resource& policy, const Value* spec) {
    if (sees_dns(spec)) with_dns.insert(policy.ns);
  });
  for_each_spec(in, [&](const Resource& policy, const Value* spec) {
    if (with_dns.contains(policy.ns) || with_dns.contains("")) return;
    for (const Value& egress : items(get(spec, "egress")))
      if (const Value* names = get(&egress, "toFQDNs"))
        out.add(policy, names, "no policy lets Cilium see the DNS answers for these names")
            .absence();
  });
}

}  // namespace

Rule wn002() {
  return {.id = "WN002",
          .slug = "cilium-fqdn-without-dns",
          .mesh = "Cilium",
          .category = "security",
          .title = "toFQDNs without a rule that shows Cilium the names",
          .why =
              "Cilium learns the addresses of a name from the DNS answers that pass its proxy. "
              "Without a dns rule it sees none, and the allowed hosts are refused.",
          .remedy = "allow port 53 of kube-dns with rules: {dns: [{matchPattern: \"*\"}]}",
          .check = check};
}

}  // namespace weft::rules
