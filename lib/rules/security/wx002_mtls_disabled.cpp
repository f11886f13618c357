#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* policy : in.all(kinds::peer_authentication)) {
    const Value* mode = get(policy->spec, "mtls", "mode");
    if (text(mode) == "DISABLE") out.add(*policy, mode, "mutual TLS is switched off");
    for (const Member& port : members(get(policy->spec, "portLevelMtls")))
      if (const Value* own = get(&port.value, "mode"); text(own) == "DISABLE")
        out.add(*policy, own, fmt::format("mutual TLS is switched off on port {}", port.key))
            .with("port", port.key);
  }
}

}  // namespace

Rule wx002() {
  return {.id = "WX002",
          .slug = "mtls-disabled",
          .mesh = "Istio",
          .category = "security",
          .title = "mutual TLS is switched off",
          .why = "Traffic is not encrypted, and policies by identity cannot hold.",
          .remedy = "use PERMISSIVE while clients move, and STRICT then",
          .check = check};
}

}  // namespace weft::rules
