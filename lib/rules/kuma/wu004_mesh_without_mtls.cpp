#include <set>

#include "lib/rules/inventory.h"
#include "lib/rules/kuma/kuma.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  std::set<std::string_view> with_identity;
  for (const Resource* identity : in.all({kKumaGroup, "MeshIdentity"})) {
    const std::string_view mesh = identity->label("kuma.io/mesh");
    with_identity.insert(mesh.empty() ? "default" : mesh);
  }
  for (const Resource* mesh : in.all(kinds::kuma_mesh)) {
    if (!text(get(mesh->spec, "mtls", "enabledBackend")).empty() ||
        with_identity.contains(mesh->name))
      continue;
    const Value* mtls = get(mesh->spec, "mtls");
    out.add(*mesh, mtls,
            mtls == nullptr ? "no mutual TLS, and no MeshIdentity for it"
                            : "no backend of mutual TLS is enabled")
        .absence();
  }
}

}  // namespace

Rule wu004() {
  return {
      .id = "WU004",
      .slug = "mesh-without-mtls",
      .mesh = "Kuma",
      .category = "security",
      .title = "a Mesh without mutual TLS",
      .why =
          "Traffic is neither encrypted nor authenticated, and MeshTrafficPermission has no "
          "identities to decide on.",
      .remedy = "set mtls.enabledBackend (before Kuma 3), or create a MeshIdentity and a MeshTLS",
      .check = check};
}

}  // namespace weft::rules
