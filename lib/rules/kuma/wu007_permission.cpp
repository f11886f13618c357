#include <set>

#include "lib/rules/inventory.h"
#include "lib/rules/kuma/kuma.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

bool allows_all(const Value& rule, std::string_view list) {
  const Value* target = get(&rule, "targetRef");
  if (list == "from" && target != nullptr && text(get(target, "kind")) != "Mesh") return false;
  return text(get(&rule, "default", "action")) == "Allow";
}

void check(const Inventory& in, Report& out) {
  std::set<std::string_view> permitted;
  const auto mesh_of = [](const Resource& resource) {
    const std::string_view mesh = resource.label("kuma.io/mesh");
    return mesh.empty() ? std::string_view("default") : mesh;
  };
  for (const Resource* permission : in.all({kKumaGroup, "MeshTrafficPermission"})) {
    permitted.insert(mesh_of(*permission));
    const std::string_view top = text(get(permission->spec, "targetRef", "kind"));
    if (!top.empty() && top != "Mesh") continue;
    for (const Value& rule : items(get(permission->spec, "from")))
      if (allows_all(rule, "from"))
        out.add(*permission, &rule, "every workload of the mesh may call every other");
  }
  for (const Resource* old : in.all({kKumaGroup, "TrafficPermission"}))
    permitted.insert(text(get(old->root, "mesh")).empty() ? "default"
                                                          : text(get(old->root, "mesh")));
  for (const Resource* mesh : in.all(kinds::kuma_mesh)) {
    const Value* enabled = get(mesh->spec, "mtls", "enabledBackend");
    if (!text(enabled).empty() && !permitted.contains(mesh->name))
      out.add(*mesh, enabled, "mutual TLS is on, and no MeshTrafficPermission lets anybody in")
          .absence();
  }
}

}  // namespace

Rule wu007() {
  return {.id = "WU007",
          .slug = "permission",
          .mesh = "Kuma",
          .category = "security",
          .title = "permissions that let nobody or everybody in",
          .why =
              "With mutual TLS and no MeshTrafficPermission every request is refused; with one "
              "that allows all to all, any compromised workload may call any other.",
          .remedy = "allow each caller on its own, and deny by default",
          .check = check};
}

}  // namespace weft::rules
