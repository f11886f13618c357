#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* sidecar : in.all(kinds::sidecar))
    if (const Value* policy = get(sidecar->spec, "outboundTrafficPolicy");
        policy != nullptr && text(get(policy, "mode")).empty())
      out.add(*sidecar, policy, "names no mode, which stands for REGISTRY_ONLY");
}

}  // namespace

Rule wi066() {
  return {.id = "WI066",
          .slug = "sidecar-outbound-mode",
          .severity = Severity::info,
          .mesh = "Istio",
          .category = "sidecars",
          .title = "an outboundTrafficPolicy without a mode",
          .why =
              "Left out, the policy is that of the mesh, mostly ALLOW_ANY. Present without a mode "
              "it is the first value of the enum, and calls to unknown hosts are refused.",
          .remedy = "write mode: REGISTRY_ONLY or mode: ALLOW_ANY",
          .refs = "KIA1007",
          .check = check};
}

}  // namespace weft::rules
