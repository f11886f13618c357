#include "lib/rules/consul/consul.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const char* kind : {"ServiceDefaults", "ProxyDefaults"})
    for (const Resource* defaults : in.all({kConsulGroup, kind}))
      if (const Value* mode = get(defaults->spec, "mutualTLSMode"); text(mode) == "permissive")
        out.add(*defaults, mode, "plain text is accepted, and no intention looks at it");
  for (const Resource* mesh : in.all({kConsulGroup, "Mesh"}))
    if (const Value* allowed = get(mesh->spec, "allowEnablingPermissiveMutualTLS");
        is_true(allowed))
      out.add(*mesh, allowed, "any service may turn to plain text");
}

}  // namespace

Rule wc006() {
  return {
      .id = "WC006",
      .slug = "consul-permissive-tls",
      .mesh = "Consul",
      .category = "security",
      .title = "mutual TLS that nobody has to use",
      .why =
          "In permissive mode a service takes plain text too, and intentions do not hold for it.",
      .remedy = "set mutualTLSMode: strict when all clients are in the mesh",
      .check = check};
}

}  // namespace weft::rules
