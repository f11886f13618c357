#include "lib/lifecycle/removal.h"

#include <catch2/catch.hpp>

#include "lib/lifecycle/lifecycle_test.h"
#include "lib/lifecycle/recover.h"
#include "lib/testkit/temp_dir.h"

using namespace weft;
using namespace weft::mesh;
using namespace weft::lifecycle;
using base::ExitCode;
using kube::ReleaseStatus;

namespace {

using Calls = std::vector<std::string>;

base::Result<Remains> uninstall(World& world, const RemovalOptions& options = {}) {
  WEFT_TRY(installed, look_up(world.work, world.mesh, ""));
  WEFT_TRY(removal,
           plan_removal(world.work, world.mesh, std::move(installed), Catalog::builtin(), options));
  return remove_mesh(world.work, removal, world.actor);
}

void add_webhook(World& world) {
  world.cluster.add(std::string(R"({"apiVersion": "admissionregistration.k8s.io/v1",
    "kind": "MutatingWebhookConfiguration", "metadata": {"name": "demo-injector"}, "webhooks": []})"));
}

}  // namespace

TEST_CASE("Webhooks go before the control plane, releases in reverse order, CRDs stay") {
  World world;
  REQUIRE(world.install().ok());
  add_webhook(world);
  const auto remains = uninstall(world);
  REQUIRE(remains.ok());
  const auto& calls = world.cluster.calls();
  const auto at = [&calls](const char* call) {
    return std::find(calls.begin(), calls.end(), call);
  };
  CHECK(at("delete MutatingWebhookConfiguration demo-injector") <
        at("delete Deployment demo-system/control"));
  CHECK(at("delete Deployment demo-system/control") < at("delete ServiceAccount demo-system/demo"));
  CHECK(world.cluster.find("CustomResourceDefinition", "", "routes.demo.example") != nullptr);
  CHECK(world.cluster.find("ConfigMap", "demo-system", "weft-install-demo") == nullptr);
  REQUIRE(remains->lines.size() == 1);
  CHECK(remains->lines[0].find("1 CustomResourceDefinition of demo.example") == 0);
}

TEST_CASE("Namespaces of the mesh are a warning, or leave it before anything goes") {
  World world;
  world.mesh.onboarding = {{.namespace_labels = {{"demo", "on"}}, .restart = true}};
  world.mesh.detect.dataplane.containers = {"demo-proxy"};
  REQUIRE(world.install().ok());
  add_webhook(world);
  world.cluster.add(
      "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {demo: on}}}");
  const std::string none = R"({"kind": "PodList", "metadata": {}, "items": []})";
  world.cluster.answer("/api/v1/pods?limit=500", none);
  world.cluster.answer("/api/v1/namespaces/shop/pods?limit=500", none);
  auto installed = look_up(world.work, world.mesh, "");
  const auto warned = plan_removal(world.work, world.mesh, *installed, Catalog::builtin(), {});
  REQUIRE(warned->plan.warnings.size() == 1);
  CHECK(warned->plan.warnings[0].starts_with("1 namespace still belongs to the mesh: shop;"));
  REQUIRE(uninstall(world, {.offboard = true}).ok());
  CHECK(kube::text_at(*world.cluster.find("Namespace", "", "shop"), {"metadata", "labels", "demo"})
            .empty());
  const auto& calls = world.cluster.calls();
  CHECK(std::ranges::find(calls, "patch Namespace shop") <
        std::ranges::find(calls, "delete MutatingWebhookConfiguration demo-injector"));
}

TEST_CASE("A purge takes CRDs, leftovers and namespaces, and keeps the objects in a file") {
  World world;
  testkit::TempDir state;
  world.actor.state_folder = state.path();
  REQUIRE(world.install().ok());
  world.cluster.add(std::string(R"({"apiVersion": "demo.example/v1", "kind": "Route",
                        "metadata": {"name": "r", "namespace": "shop"}, "spec": {"to": "x"}})"));
  world.cluster.add(std::string(R"({"apiVersion": "v1", "kind": "ConfigMap",
                        "metadata": {"name": "demo-left", "namespace": "demo-system"}})"));
  const auto remains = uninstall(world, {.purge = true});
  REQUIRE(remains.ok());
  CHECK(remains->lines.empty());
  CHECK(!remains->backup.empty());
  CHECK(world.cluster.find("CustomResourceDefinition", "", "routes.demo.example") == nullptr);
  CHECK(world.cluster.find("Namespace", "", "demo-system") == nullptr);
  CHECK(world.cluster.find("ConfigMap", "demo-system", "demo-left") == nullptr);
}

TEST_CASE("Custom resources that a mesh wants gone first stay with their definitions") {
  World world;
  testkit::TempDir state;
  world.actor.state_folder = state.path();
  Cleanup first;
  first.action = CleanupAction::delete_custom_resources;
  first.group = "demo.example";
  world.mesh.uninstall.before = {first};
  REQUIRE(world.install().ok());
  world.cluster.add(std::string(R"({"apiVersion": "demo.example/v1", "kind": "Route",
                        "metadata": {"name": "r", "namespace": "shop"}, "spec": {"to": "x"}})"));
  REQUIRE(uninstall(world, {}).ok());
  CHECK(world.cluster.find("Route", "shop", "r") != nullptr);
  const auto remains = uninstall(world, {.purge = true});
  REQUIRE(remains.ok());
  CHECK(!remains->backup.empty());
  CHECK(world.cluster.find("Route", "shop", "r") == nullptr);
}

TEST_CASE("A namespace in which another release lives stays") {
  World world;
  REQUIRE(world.install().ok());
  world.helm.leave({"other", "demo-system"}, ReleaseStatus::deployed);
  REQUIRE(uninstall(world, {.purge = true}).ok());
  CHECK(world.cluster.find("Namespace", "", "demo-system") != nullptr);
}

TEST_CASE("Uninstalling again finds nothing to do") {
  World world;
  REQUIRE(world.install().ok());
  REQUIRE(uninstall(world, {.purge = true}).ok());
  auto installed = look_up(world.work, world.mesh, "");
  REQUIRE(installed.ok());
  const auto again =
      plan_removal(world.work, world.mesh, std::move(*installed), Catalog::builtin(), {});
  REQUIRE(again.ok());
  CHECK(again->nothing());
}

TEST_CASE("Recovery rolls a pending upgrade back and removes a pending installation") {
  World world;
  REQUIRE(world.install().ok());
  world.helm.leave({"demo-control", "demo-system"}, ReleaseStatus::pending_upgrade);
  auto installed = look_up(world.work, world.mesh, "");
  REQUIRE(installed.ok());
  const auto found = plan_recovery(world.work, world.mesh, std::move(*installed));
  REQUIRE(found.ok());
  REQUIRE(found->repairs.size() == 1);
  CHECK(found->repairs[0].text() == "demo-control is pending-upgrade: roll back to revision 1");
  REQUIRE(recover(world.work, *found, world.actor).ok());
  CHECK(world.helm.calls().back() == "rollback demo-control 1");

  World fresh;
  fresh.helm.leave({"demo-base", "demo-system"}, ReleaseStatus::pending_install);
  auto state = look_up(fresh.work, fresh.mesh, "");
  REQUIRE(state.ok());
  const auto pending = plan_recovery(fresh.work, fresh.mesh, std::move(*state));
  REQUIRE(pending.ok());
  REQUIRE(pending->repairs.size() == 1);
  CHECK(pending->repairs[0].remedy == Remedy::remove);
}

TEST_CASE("Recovery brings back CRDs that somebody deleted") {
  World world;
  REQUIRE(world.install().ok());
  REQUIRE(world.cluster
              .remove({kube::make_ref("apiextensions.k8s.io/v1", "CustomResourceDefinition", "",
                                      "routes.demo.example")},
                      {})
              .ok());
  auto installed = look_up(world.work, world.mesh, "");
  REQUIRE(installed.ok());
  const auto found = plan_recovery(world.work, world.mesh, std::move(*installed));
  REQUIRE(found.ok());
  REQUIRE(recover(world.work, *found, world.actor).ok());
  CHECK(world.cluster.find("CustomResourceDefinition", "", "routes.demo.example") != nullptr);
}
