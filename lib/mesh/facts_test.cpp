// What must hold for every file of the catalogue, whichever mesh it describes.
#include <algorithm>
#include <catch2/catch.hpp>

#include "lib/kube/object.h"
#include "lib/mesh/capabilities.h"
#include "lib/mesh/catalog.h"

namespace weft::mesh {
namespace {

template <typename T>
T taken(base::Result<T> result) {
  if (!result.ok()) FAIL(result.error().where.text() << ": " << result.error().message);
  return *std::move(result);
}

const std::vector<const Mesh*>& meshes() {
  static const Catalog catalog = Catalog::builtin();
  static const auto all = taken(catalog.all());
  return all;
}

bool exists(const std::string& id) {
  return std::ranges::any_of(meshes(), [&id](const Mesh* mesh) { return mesh->id == id; });
}

bool is_installable(const Mesh& mesh) {
  return mesh.driver == Driver::helm || mesh.driver == Driver::kustomize;
}

}  // namespace

TEST_CASE("every mesh of the landscape has its entry") {
  for (const auto* id :
       {"istio",      "linkerd",     "consul",    "kuma",         "kong-mesh",
        "cilium",     "osm",         "fsm",       "traefik-mesh", "nginx-service-mesh",
        "app-mesh",   "citrix",      "octarine",  "tanzu",        "network-service-mesh",
        "aspen-mesh", "grey-matter", "gloo-mesh", "google-csm",   "openshift-sm",
        "kmesh",      "aeraki",      "slime",     "merbridge",    "easemesh",
        "mesher",     "sofamesh",    "rotor",     "vulcand",      "yggdrasil",
        "zuul",       "a10-ssm",     "linkerd1",  "conduit",      "prometheus",
        "grafana",    "jaeger",      "kiali",     "zipkin"}) {
    INFO(id);
    CHECK(exists(id));
  }
}

TEST_CASE("every id that an entry names exists") {
  for (const Mesh* mesh : meshes()) {
    INFO(mesh->id);
    for (const auto* ids : {&mesh->conflicts, &mesh->needs, &mesh->status.replaced_by})
      for (const auto& id : *ids) {
        INFO(id);
        CHECK(exists(id));
        CHECK(id != mesh->id);
      }
    CHECK((mesh->capabilities_of.empty() || exists(mesh->capabilities_of)));
  }
}

TEST_CASE("a conflict is known on both sides") {
  for (const Mesh* mesh : meshes())
    for (const auto& id : mesh->conflicts) {
      INFO(mesh->id << " and " << id);
      const auto other = std::ranges::find(meshes(), id, [](const Mesh* one) { return one->id; });
      REQUIRE(other != meshes().end());
      CHECK(std::ranges::find((*other)->conflicts, mesh->id) != (*other)->conflicts.end());
    }
}

TEST_CASE("objects of a policy name no namespace") {
  for (const Mesh* mesh : meshes())
    for (const NamespacePolicy& policy : mesh->policies) {
      INFO(mesh->id << " " << policy.name);
      CHECK(policy.manifest.empty() == (policy.labels.size() + policy.annotations.size() > 0));
      const auto objects = weft::kube::read_objects({policy.name, policy.manifest});
      REQUIRE(objects.ok());
      for (const auto& object : *objects) CHECK(weft::kube::ref_of(object).ns.empty());
    }
}

TEST_CASE("no two meshes share an id or alias") {
  std::vector<std::string> names;
  for (const Mesh* mesh : meshes()) {
    names.push_back(mesh->id);
    names.insert(names.end(), mesh->aliases.begin(), mesh->aliases.end());
  }
  std::ranges::sort(names);
  CHECK(std::ranges::adjacent_find(names) == names.end());
}

TEST_CASE("what weft installs says how, what to wait for, and how to leave no trace") {
  for (const Mesh* mesh : meshes()) {
    if (!is_installable(*mesh)) continue;
    INFO(mesh->id);
    CHECK_FALSE(mesh->steps.empty());
    CHECK_FALSE(mesh->ready.empty());
    if (mesh->id == "zipkin") continue;  // from a chart of one's own alone
    CHECK_FALSE(mesh->repos.empty());
    CHECK_FALSE(mesh->detect.workloads.empty());
    for (const auto& step : mesh->steps) CHECK_FALSE(step.repo.empty());
    if (mesh->kind == Kind::addon) continue;
    CHECK_FALSE(mesh->modes.empty());
    CHECK_FALSE(mesh->onboarding.empty());
    CHECK_FALSE(mesh->uninstall.leftovers.empty());
  }
}

TEST_CASE("what weft does not install says why and what to do instead") {
  for (const Mesh* mesh : meshes()) {
    if (mesh->driver != Driver::external) continue;
    INFO(mesh->id);
    CHECK_FALSE(mesh->external.reason.empty());
    CHECK_FALSE(mesh->external.next.empty());
  }
}

TEST_CASE("what is not active says so in a note") {
  for (const Mesh* mesh : meshes()) {
    INFO(mesh->id);
    CHECK_FALSE(mesh->summary.empty());
    CHECK((mesh->status.state == State::active || !mesh->status.note.empty()));
  }
}

TEST_CASE("every capability has a row that names it, and a name finds it") {
  for (const auto& row : capabilities()) {
    CHECK(find_capability(row.id) == &row);
    if (!row.alias.empty()) CHECK(find_capability(row.alias) == &row);
    CHECK_FALSE(row.title.empty());
  }
  CHECK(find_capability("nothing") == nullptr);
}

}  // namespace weft::mesh
