#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check_ports(const Resource& policy, const Value& ports, Report& out) {
  const Value* rules = get(&ports, "rules");
  if (rules == nullptr || get(rules, "dns") != nullptr || rules->size() == 0) return;
  for (const Value& port : items(get(&ports, "ports"))) {
    const Value* protocol = get(&port, "protocol");
    if (text(protocol) == "TCP") continue;
    out.add(policy, protocol != nullptr ? protocol : &port,
            fmt::format("rules for requests need protocol TCP, not {}",
                        protocol != nullptr ? scalar_text(protocol) : "ANY, the default"));
  }
}

void check_spec(const Resource& policy, const Value* spec, Report& out) {
  for (const char* section : {"ingress", "egress"})
    for (const Value& rule : items(get(spec, section)))
      for (const Value& ports : items(get(&rule, "toPorts"))) check_ports(policy, ports, out);
  for (const char* section : {"ingressDeny", "egressDeny"})
    for (const Value& rule : items(get(spec, section)))
      for (const Value& ports : items(get(&rule, "toPorts")))
        if (const Value* rules = get(&ports, "rules"))
          out.add(policy, rules, fmt::format("{} takes no rules for requests", section));
}

void check(const Inventory& in, Report& out) {
  for (const char* kind : {"CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"}) {
    for (const Resource* policy : in.all({"cilium.io", kind})) {
      check_spec(*policy, policy->spec, out);
      for (const Value& spec : items(get(policy->root, "specs"))) check_spec(*policy, &spec, out);
    }
  }
}

}  // namespace

Rule wn003() {
  return {
      .id = "WN003",
      .slug = "cilium-misplaced-l7",
      .severity = Severity::error,
      .mesh = "Cilium",
      .category = "security",
      .title = "rules for requests where Cilium cannot apply them",
      .why =
          "Cilium refuses the policy: http and kafka rules are for TCP ports only, and a deny "
          "section takes none.",
      .remedy =
          "write protocol: TCP at the port; deny by address and port, or allow what should pass",
      .check = check};
}

}  // namespace weft::rules
