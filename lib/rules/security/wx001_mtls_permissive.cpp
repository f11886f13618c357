#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/injector.h"
#include "lib/rules/report.h"
#include "lib/rules/security/mtls.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* policy : in.all(kinds::peer_authentication)) {
    const Value* mode = get(policy->spec, "mtls", "mode");
    if (text(mode) == "PERMISSIVE") out.add(*policy, mode, "plain text is accepted as well");
    for (const Member& port : members(get(policy->spec, "portLevelMtls")))
      if (const Value* own = get(&port.value, "mode"); text(own) == "PERMISSIVE")
        out.add(*policy, own, fmt::format("plain text is accepted as well on port {}", port.key))
            .with("port", port.key);
  }
  const auto& modes = in.view<PeerModes>();
  for (const Resource* ns : in.all(kinds::ns)) {
    const bool is_out = ns->label("istio-injection") == "disabled" ||
                        ns->label("istio.io/dataplane-mode") == "none";
    if (!has_mesh_label(*ns) || is_out || modes.of_namespace(ns->name).resource != nullptr)
      continue;
    out.add(*ns, nullptr,
            "no PeerAuthentication is for it or for the mesh, so plain text is accepted as well")
        .with("namespace", ns->name)
        .absence();
  }
}

}  // namespace

Rule wx001() {
  return {.id = "WX001",
          .slug = "mtls-permissive",
          .mesh = "Istio",
          .category = "security",
          .title = "plain text is accepted beside mutual TLS",
          .why =
              "PERMISSIVE is the default, made for moving in. Any pod of the cluster, in the mesh "
              "or not, may call without identity, and nobody notices traffic that is not "
              "encrypted.",
          .remedy =
              "once every client is in the mesh, set mode STRICT in a PeerAuthentication named "
              "default, of the namespace or of the root namespace",
          .check = check};
}

}  // namespace weft::rules
