#include "lib/lifecycle/canary.h"

#include <catch2/catch.hpp>

#include "lib/lifecycle/lifecycle_test.h"

using namespace weft;
using namespace weft::lifecycle;

namespace {

struct CanaryWorld : World {
  CanaryWorld() {
    mesh.upgrade.canary = {{"demo-control"}, "revision", "tags", "demo/rev", 2};
    REQUIRE(install().ok());
    std::string newer = kControlChart;  // templates would follow the value
    newer.replace(newer.find("{name: control}"), 15, "{name: control-1-1-0}");
    helm.chart("charts/control", newer);
  }

  base::Result<Outcome> go(Stage stage) {
    WEFT_TRY(installed, look_up(work, mesh, ""));
    WEFT_CHECK(check_stage(mesh, installed.record, stage));
    Setup order = setup("1.1.0");
    WEFT_TRY(revision, settle_revision(order, installed.record, stage, ""));
    WEFT_TRY(prepared, plan_install(work, std::move(order), std::move(installed),
                                    {.verb = "upgrade", .canary = revision}));
    return execute(work, prepared, actor, {});
  }
};

std::vector<std::string> releases_of(const Record& record) {
  std::vector<std::string> out;
  for (const RecordedStep& step : record.steps) out.push_back(step.release);
  return out;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("A canary stands beside the control plane and goes when it is given up") {
  CanaryWorld world;
  REQUIRE(world.go(Stage::begin).ok());
  CHECK(world.cluster.find("Deployment", "demo-system", "control") != nullptr);
  CHECK(world.cluster.find("Deployment", "demo-system", "control-1-1-0") != nullptr);
  CHECK(world.record().canary.revision == "1-1-0");
  CHECK(world.record().version == "1.0.0");
  CHECK(installed_version(world.mesh, *look_up(world.work, world.mesh, "")) == "1.0.0");

  REQUIRE(end_canary(world.work, world.mesh, Stage::abort, world.actor).ok());
  CHECK(world.cluster.find("Deployment", "demo-system", "control-1-1-0") == nullptr);
  CHECK(releases_of(world.record()) == Names{"demo-base", "demo-control"});
  CHECK(world.record().canary.revision.empty());
  CHECK(installed_version(world.mesh, *look_up(world.work, world.mesh, "")) == "1.0.0");
}

TEST_CASE("A canary that is finished is the control plane from then on") {
  CanaryWorld world;
  REQUIRE(world.go(Stage::begin).ok());
  REQUIRE(world.go(Stage::finish).ok());
  REQUIRE(end_canary(world.work, world.mesh, Stage::finish, world.actor).ok());
  CHECK(world.cluster.find("Deployment", "demo-system", "control") == nullptr);
  const Record record = world.record();
  CHECK(releases_of(record) == Names{"demo-base", "demo-control-1-1-0"});
  CHECK(record.revision == "1-1-0");
  CHECK(record.version == "1.1.0");
  CHECK(installed_version(world.mesh, *look_up(world.work, world.mesh, "")) == "1.1.0");
  const auto calls = world.helm.calls().size();
  REQUIRE(world.go(Stage::none).ok());
  CHECK(world.helm.calls().size() == calls);
}

TEST_CASE("What does not fit the state of a canary is refused") {
  CanaryWorld world;
  CHECK(world.go(Stage::finish).error().message == "demo has no canary");
  REQUIRE(world.go(Stage::begin).ok());
  CHECK(world.go(Stage::none).error().message == "demo has a canary, revision 1-1-0");
  auto order = world.setup("1.1.0");
  const Record record = world.record();
  CHECK(!settle_revision(order, record, Stage::begin, "other").ok());
  CHECK(!check_stage(mesh::Mesh{}, record, Stage::begin).ok());
}

TEST_CASE("A control plane to which pods belong does not go") {
  CanaryWorld world;
  REQUIRE(world.go(Stage::begin).ok());
  world.cluster.add(R"({"apiVersion": "v1", "kind": "Pod", "metadata":
    {"name": "p", "namespace": "demo-system", "labels": {"demo/rev": "default"}}})");
  const Record record = world.record();
  CHECK(check_abandoned(world.work, world.mesh, record, Stage::finish).ok());
  world.cluster.add(R"({"apiVersion": "v1", "kind": "Pod", "metadata":
    {"name": "p", "namespace": "shop", "labels": {"demo/rev": "default"}}})");
  const auto held = check_abandoned(world.work, world.mesh, record, Stage::finish);
  REQUIRE(!held.ok());
  CHECK(held.error().remedy ==
        "weft mesh onboard demo shop --revision 1-1-0 first; --force if they may");
  CHECK(check_abandoned(world.work, world.mesh, record, Stage::abort).ok());
}
