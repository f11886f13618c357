#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

const Resource* installation(const Inventory& in) {
  for (const Resource* config : in.all(kinds::config_map))
    if (config->name == "cilium-config") return config;
  return nullptr;
}

void check(const Inventory& in, Report& out) {
  const Resource* config = installation(in);
  if (config == nullptr || is_true(get(config->root, "data", "mesh-auth-mutual-enabled"))) return;
  for (const char* kind : {"CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"})
    for (const Resource* policy : in.all({"cilium.io", kind}))
      for (const char* section : {"ingress", "egress"})
        for (const Value& rule : items(get(policy->spec, section)))
          if (const Value* mode = get(&rule, "authentication", "mode"); text(mode) == "required")
            out.add(*policy, mode,
                    fmt::format("{} does not enable mutual authentication", config->title()));
}

}  // namespace

Rule wn004() {
  return {.id = "WN004",
          .slug = "cilium-auth-disabled",
          .mesh = "Cilium",
          .category = "security",
          .title = "a policy demands mutual authentication that the installation lacks",
          .why = "Cilium drops the traffic: there is nobody to do the handshake.",
          .remedy =
              "install with authentication.mutual.spire.enabled=true, or take authentication out "
              "of the policy",
          .check = check};
}

}  // namespace weft::rules
