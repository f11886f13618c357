#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/kuma/kuma.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* mesh : in.all(kinds::kuma_mesh))
    for (const Value& backend : items(get(mesh->spec, "mtls", "backends")))
      if (const Value* mode = get(&backend, "mode"); text(mode) == "PERMISSIVE")
        out.add(*mesh, mode, fmt::format("{} accepts plain text", text(get(&backend, "name"))))
            .with("backend", text(get(&backend, "name")));
  for (const Resource* tls : in.all({kKumaGroup, "MeshTLS"}))
    for (const char* list : {"from", "rules"})
      for (const Value& rule : items(get(tls->spec, list)))
        if (const Value* mode = get(&rule, "default", "mode"); text(mode) == "Permissive")
          out.add(*tls, mode, "plain text is accepted");
}

}  // namespace

Rule wu005() {
  return {.id = "WU005",
          .slug = "permissive-tls",
          .mesh = "Kuma",
          .category = "security",
          .title = "mutual TLS that nobody has to use",
          .why =
              "In permissive mode plain text is accepted too: a client outside the mesh gets in "
              "without an identity.",
          .remedy = "set the mode to STRICT (MeshTLS: Strict) when all clients are in the mesh",
          .check = check};
}

}  // namespace weft::rules
