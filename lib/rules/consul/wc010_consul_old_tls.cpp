#include "lib/base/format.h"
#include "lib/rules/consul/consul.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* mesh : in.all({kConsulGroup, "Mesh"}))
    for (const char* direction : {"incoming", "outgoing"})
      if (const Value* version = get(mesh->spec, "tls", direction, "tlsMinVersion");
          text(version) == "TLSv1_0" || text(version) == "TLSv1_1")
        out.add(*mesh, version, fmt::format("{} connections may use {}", direction, text(version)))
            .with("direction", direction);
}

}  // namespace

Rule wc010() {
  return {.id = "WC010",
          .slug = "consul-old-tls",
          .mesh = "Consul",
          .category = "security",
          .title = "the mesh accepts TLS before 1.2",
          .why = "These versions are broken, and every proxy of the mesh offers them.",
          .remedy = "set tlsMinVersion: TLSv1_2",
          .refs = "kyverno:enforce-min-tls-version",
          .check = check};
}

}  // namespace weft::rules
