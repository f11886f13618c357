#include "lib/pattern/planning/meshes.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/lifecycle/lifecycle_test.h"
#include "lib/testkit/temp_dir.h"

using namespace weft;

namespace {

constexpr const char* kZipkin = R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: zipkin}
spec:
  replicas: 1
  selector: {matchLabels: {app: zipkin}}
  template: {metadata: {labels: {app: zipkin}}, spec: {containers: [{name: zipkin, image: "z:1"}]}}
)";

// The test mesh and Zipkin with charts on this machine.
struct MeshWorld : lifecycle::World {
  MeshWorld() {
    std::filesystem::create_directories(dir.path() + "/meshes");
    write("meshes/demo.yaml", lifecycle::kTestMesh);
    chart("demo/base", lifecycle::kBaseChart);
    chart("demo/control", lifecycle::kControlChart);
    chart("zipkin", kZipkin);
  }
  void write(const std::string& name, const std::string& text) {
    REQUIRE(base::write_file(dir.path() + '/' + name, text).ok());
  }
  void chart(const std::string& name, const char* manifest) {
    std::filesystem::create_directories(dir.path() + '/' + name);
    write(name + "/Chart.yaml",
          fmt::format("name: {}\nversion: 1.0.0\n", name.substr(name.rfind('/') + 1)));
    helm.chart(dir.path() + '/' + name, manifest);
  }
  pattern::LifecycleMeshes meshes(const std::string& folder) {
    return {work, catalog(), actor, {.folder = folder, .offline = true}};
  }
  pattern::LifecycleMeshes meshes() { return meshes(dir.path()); }
  const mesh::Catalog& catalog() {
    if (!known) known.emplace(mesh::Catalog::open(dir.path() + "/meshes").value());
    return *known;
  }

  testkit::TempDir dir;
  std::optional<mesh::Catalog> known;
};

}  // namespace

TEST_CASE("A mesh is planned, installed once and found unchanged from then on") {
  MeshWorld world;
  auto meshes = world.meshes();
  const auto planned = meshes.plan({.id = "demo"});
  if (!planned.ok()) FAIL(planned.error().message << planned.error().cause);
  const auto before = planned.value();
  CHECK(before.action == kube::Action::create);
  CHECK(before.from.empty());
  CHECK(before.to == "1.0.0");
  CHECK(world.helm.calls().empty());

  REQUIRE(meshes.install({.id = "demo"}).ok());
  const std::vector<std::string> installed{"upgrade demo-base", "upgrade demo-control"};
  CHECK(world.helm.calls() == installed);
  const auto after = meshes.plan({.id = "demo", .version = "1.0.0"}).value();
  CHECK(after.action == kube::Action::none);
  CHECK(after.from == "1.0.0");
  REQUIRE(meshes.install({.id = "demo"}).ok());
  CHECK(world.helm.calls() == installed);
}

TEST_CASE("A version that the charts do not have is refused before anything happens") {
  MeshWorld world;
  auto meshes = world.meshes();
  const auto planned = meshes.plan({.id = "demo", .version = "1.1.0"});
  REQUIRE(!planned.ok());
  CHECK(planned.error().message.find("1.1.0 was asked for") != std::string::npos);
  CHECK(!meshes.install({.id = "demo", .version = "1.1.0"}).ok());
  CHECK(world.helm.calls().empty());
}

TEST_CASE("An installation that failed is finished by the same call") {
  MeshWorld world;
  auto meshes = world.meshes();
  world.helm.fail("upgrade demo-control", base::Error{base::ExitCode::tool, "broken"},
                  kube::ReleaseStatus::pending_install);
  const auto first = meshes.install({.id = "demo"});
  REQUIRE(!first.ok());
  CHECK(meshes.install({.id = "demo"}).ok());
  CHECK(meshes.plan({.id = "demo"}).value().action == kube::Action::none);
}

TEST_CASE("A mesh that is removed is gone, and removing it again is nothing") {
  MeshWorld world;
  auto meshes = world.meshes();
  REQUIRE(meshes.remove("demo").ok());
  REQUIRE(meshes.install({.id = "demo"}).ok());
  REQUIRE(meshes.remove("demo").ok());
  CHECK(world.cluster.find("Deployment", "demo-system", "control") == nullptr);
  CHECK(meshes.plan({.id = "demo"}).value().action == kube::Action::create);
}

TEST_CASE("Releases that weft did not install are neither taken over nor removed") {
  MeshWorld world;
  world.helm.leave({"demo-control", "demo-system"}, kube::ReleaseStatus::deployed);
  auto meshes = world.meshes();
  const auto planned = meshes.plan({.id = "demo"});
  REQUIRE(!planned.ok());
  CHECK(planned.error().message.find("was not installed by weft") != std::string::npos);
  CHECK(!meshes.remove("demo").ok());
}

TEST_CASE("Zipkin is installed from a chart of one's own; without one it is said what is needed") {
  MeshWorld world;
  auto meshes = world.meshes();
  REQUIRE(meshes.install({.id = "zipkin"}).ok());
  CHECK(world.cluster.find("Deployment", "weft-observability", "zipkin") != nullptr);
  const auto without = world.meshes("").plan({.id = "zipkin"});
  REQUIRE(!without.ok());
  CHECK(without.error().remedy.find("--chart-dir") != std::string::npos);
}
