#include "lib/lifecycle/execute.h"

#include <catch2/catch.hpp>

#include "lib/base/file.h"
#include "lib/lifecycle/lifecycle_test.h"
#include "lib/testkit/temp_dir.h"

using namespace weft;
using namespace weft::mesh;
using namespace weft::lifecycle;
using base::Error;
using base::ExitCode;
using kube::ReleaseStatus;

namespace {
using Calls = std::vector<std::string>;
}

TEST_CASE("An installation makes namespace, CRDs and releases, and records them") {
  World world;
  const auto done = world.install();
  REQUIRE(done.ok());
  CHECK(world.helm.calls() == Calls{"upgrade demo-base", "upgrade demo-control"});
  CHECK(world.cluster.find("Namespace", "", "demo-system") != nullptr);
  CHECK(world.cluster.find("Lease", "demo-system", "weft-demo") == nullptr);
  const Record record = world.record();
  CHECK(record.op.phase == Phase::done);
  CHECK(record.version == "1.0.0");
  CHECK(record.namespaces == Calls{"demo-system"});
  REQUIRE(record.crds.size() == 1);
  CHECK(record.crds[0].name == "routes.demo.example");
  REQUIRE(record.steps.size() == 2);
  CHECK(record.steps[1].revision == 1);
}

TEST_CASE("The CRD of a chart's templates is there before helm, and helm may take it over") {
  World world;
  REQUIRE(world.install().ok());
  const auto& calls = world.cluster.calls();
  const auto crd =
      std::find(calls.begin(), calls.end(), "apply CustomResourceDefinition routes.demo.example");
  const auto account =
      std::find(calls.begin(), calls.end(), "apply ServiceAccount demo-system/demo");
  REQUIRE(crd != calls.end());
  CHECK(crd < account);
}

TEST_CASE("The same installation again makes no new revision") {
  World world;
  REQUIRE(world.install().ok());
  const auto before = world.cluster.calls().size();
  const auto plan = world.plan();
  REQUIRE(plan.ok());
  CHECK(!plan->plan.changes_anything());
  REQUIRE(world.install().ok());
  CHECK(world.helm.calls().size() == 2);
  CHECK(world.cluster.calls().size() == before);
}

TEST_CASE("An object that somebody deleted is a reason to reconcile") {
  World world;
  REQUIRE(world.install().ok());
  REQUIRE(world.cluster.remove({kube::make_ref("v1", "ServiceAccount", "demo-system", "demo")}, {})
              .ok());
  const auto plan = world.plan();
  REQUIRE(plan.ok());
  CHECK(plan->plan.steps[0].action == StepAction::upgrade);
  CHECK(plan->plan.steps[1].action == StepAction::unchanged);
  REQUIRE(world.install().ok());
  CHECK(world.cluster.find("ServiceAccount", "demo-system", "demo") != nullptr);
}

TEST_CASE("Custom resources are kept in a file before their definitions change") {
  World world;
  testkit::TempDir state;
  world.actor.state_folder = state.path();
  REQUIRE(world.install().ok());
  world.cluster.add(std::string(R"({"apiVersion": "demo.example/v1", "kind": "Route",
                        "metadata": {"name": "r", "namespace": "shop", "uid": "7"},
                        "spec": {"to": "x"}, "status": {"seen": true}})"));
  CHECK(world.install("1.1.0", {"upgrade"}).value().backup.empty());
  std::string more = kBaseChart;
  more.replace(more.find("{name: v1, served"), 9, "{name: v1, deprecated: true");
  world.helm.chart("charts/base", more);
  const auto done = world.install("1.0.0", {"upgrade"});
  REQUIRE(done.ok());
  const auto kept = base::read_file(done->backup);
  REQUIRE(kept.ok());
  CHECK(kept->find("kind: CustomResourceDefinition") < kept->find("kind: Route"));
  CHECK(kept->find("to: x") != std::string::npos);
  CHECK(kept->find("deprecated") == std::string::npos);
  CHECK(kept->find("uid") == std::string::npos);
  CHECK(kept->find("status") == std::string::npos);
}

TEST_CASE("A workload that does not get ready ends with exit code timeout and its name") {
  World world;
  REQUIRE(world.install().ok());
  world.cluster.workloads_get_ready = false;
  std::string more = kControlChart;
  more.replace(more.find("replicas: 1"), 11, "replicas: 2");
  world.helm.chart("charts/control", more);
  const auto done = world.install("1.1.0", {"upgrade"});
  REQUIRE(!done.ok());
  CHECK(done.error().code == ExitCode::timeout);
  CHECK(done.error().message.find("control") != std::string::npos);
  CHECK(world.record().op.phase == Phase::failed);
  CHECK(world.cluster.find("Lease", "demo-system", "weft-demo") == nullptr);
}

TEST_CASE("A failed upgrade goes back to the revisions before") {
  World world;
  REQUIRE(world.install().ok());
  world.helm.fail("upgrade demo-control", Error{ExitCode::tool, "helm says no"});
  const auto done = world.install("1.1.0", {"upgrade"}, {.on_failure = OnFailure::roll_back});
  REQUIRE(!done.ok());
  CHECK(done.error().message == "helm says no; rolled back");
  const auto& calls = world.helm.calls();
  REQUIRE(calls.size() == 6);
  CHECK(Calls(calls.end() - 2, calls.end()) ==
        Calls{"rollback demo-control 1", "rollback demo-base 1"});
  CHECK(world.record().op.phase == Phase::rolled_back);
}

TEST_CASE("A failed installation stays to be looked at unless a rollback is asked for") {
  World world;
  world.helm.fail("upgrade demo-control", Error{ExitCode::tool, "helm says no"});
  REQUIRE(!world.install().ok());
  CHECK(world.helm.calls().back() == "upgrade demo-control");
  World other;
  other.helm.fail("upgrade demo-control", Error{ExitCode::tool, "helm says no"});
  REQUIRE(!other.install("1.0.0", {}, {.on_failure = OnFailure::roll_back}).ok());
  CHECK(other.helm.calls().back() == "uninstall demo-base");
}

TEST_CASE("After a run that died the same command heals the release and goes on") {
  World world;
  world.helm.fail("upgrade demo-control", Error{ExitCode::tool, "killed"},
                  ReleaseStatus::pending_install);
  REQUIRE(!world.install().ok());
  const auto plan = world.plan();
  REQUIRE(plan.ok());
  REQUIRE(plan->plan.warnings.size() == 1);
  CHECK(plan->plan.warnings[0].find("pending-install") != std::string::npos);
  REQUIRE(world.install().ok());
  CHECK(world.record().op.phase == Phase::done);

  world.helm.fail("upgrade demo-control", Error{ExitCode::tool, "killed"},
                  ReleaseStatus::pending_upgrade);
  REQUIRE(!world.install("1.1.0", {"upgrade"}).ok());
  REQUIRE(world.install("1.1.0", {"upgrade"}).ok());
  CHECK(std::find(world.helm.calls().begin(), world.helm.calls().end(),
                  "rollback demo-control 1") != world.helm.calls().end());
}

TEST_CASE("A release of somebody else is refused until it is adopted") {
  World world;
  REQUIRE(
      world.helm.upgrade({.release = "demo-base", .ns = "demo-system", .chart = {"charts/base"}})
          .ok());
  const auto refused = world.plan();
  REQUIRE(!refused.ok());
  CHECK(refused.error().code == ExitCode::no);
  CHECK(refused.error().remedy.find("--adopt") != std::string::npos);
  CHECK(world.install("1.0.0", {"install", true}).ok());
}

TEST_CASE("Objects of another release are named before anything is changed") {
  World world;
  world.cluster.add(std::string(R"({"apiVersion": "v1", "kind": "ServiceAccount", "metadata":
    {"name": "demo", "namespace": "demo-system",
     "annotations": {"meta.helm.sh/release-name": "other", "meta.helm.sh/release-namespace": "x"}}})"));
  const auto refused = world.install();
  REQUIRE(!refused.ok());
  CHECK(refused.error().code == ExitCode::no);
  CHECK(refused.error().cause == "ServiceAccount demo-system/demo belongs to x/other");
  CHECK(world.helm.calls().empty());
}

TEST_CASE("A lock of a living run is respected, one of a dead run is broken") {
  World world;
  world.cluster.add(std::string(
      R"({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "demo-system"}})"));
  world.cluster.add(std::string(R"({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
    "metadata": {"name": "weft-demo", "namespace": "demo-system"},
    "spec": {"holderIdentity": "op0 host/7/7", "renewTime": "2023-11-14T22:13:10.000000Z"}})"));
  const auto refused = world.install();
  REQUIRE(!refused.ok());
  CHECK(refused.error().code == ExitCode::cluster);
  CHECK(refused.error().cause.find("host/7/7, renewed 10s ago") != std::string::npos);
  world.actor.is_dead = [](const std::string& holder) { return holder == "host/7/7"; };
  CHECK(world.install().ok());
}

TEST_CASE("A namespace that was not there a moment ago is made with the lease, and is ours") {
  World world;
  auto prepared = world.plan();
  REQUIRE(prepared.ok());
  prepared->installed.home_missing_at = world.work.clock.monotonic();
  REQUIRE(execute(world.work, *prepared, world.actor, {}).ok());
  CHECK(world.record().namespaces == std::vector<std::string>{"demo-system"});
}

TEST_CASE("A lease taken since the namespace was seen missing is respected") {
  World world;
  auto prepared = world.plan();
  REQUIRE(prepared.ok());
  prepared->installed.home_missing_at = world.work.clock.monotonic();
  world.cluster.add(std::string(R"({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
    "metadata": {"name": "weft-demo", "namespace": "demo-system"},
    "spec": {"holderIdentity": "op0 host/7/7", "renewTime": "2023-11-14T22:13:10.000000Z"}})"));
  world.cluster.fail("apply", {ExitCode::cluster, "Apply failed with 1 conflict"});
  const auto refused = execute(world.work, *prepared, world.actor, {});
  REQUIRE(!refused.ok());
  CHECK(refused.error().cause.find("host/7/7") != std::string::npos);
}

TEST_CASE("An interrupted run says so in its record and undoes nothing") {
  World world;
  REQUIRE(world.install().ok());
  auto prepared = world.plan("1.1.0", {"upgrade"});
  REQUIRE(prepared.ok());
  world.stop.request(2);
  const auto stopped =
      execute(world.work, *prepared, world.actor, {.on_failure = OnFailure::roll_back});
  REQUIRE(!stopped.ok());
  CHECK(stopped.error().code == ExitCode::interrupted);
  CHECK(world.record().op.phase == Phase::interrupted);
  CHECK(world.helm.calls().size() == 2);
}

namespace {

constexpr const char* kOwnWebhook = R"(
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: demo}
webhooks: [{name: v.demo}]
)";

// Refuses routes the first times, as an API server whose webhook starts.
class StartingWebhook : public testkit::FakeCluster {
 public:
  explicit StartingWebhook(std::string words) : words_(std::move(words)) {}

  base::Result<kube::Objects> apply(const kube::Objects& objects, const kube::Apply& how) override {
    const bool judged = kube::ref_of(objects.front()).kind == "Route";
    if (judged && ++asked <= 3) return Error{ExitCode::cluster, "cannot apply"}.because(words_);
    return FakeCluster::apply(objects, how);
  }
  int asked = 0;

 private:
  std::string words_;
};

base::Result<Outcome> install_with_route(World& world, StartingWebhook& cluster) {
  world.helm.chart("charts/control", std::string(kControlChart) + kOwnWebhook);
  testkit::MemoryHelm helm(cluster);
  helm.chart("charts/base", kBaseChart).chart("charts/control", kControlChart);
  WEFT_TRY(prepared, world.plan());
  prepared.steps.back().after = {
      kube::stub_of(kube::make_ref("demo.example/v1", "Route", "x", "y"))};
  Work work{cluster, helm, world.clock, world.work.deadline};
  work.sleep = world.work.sleep;
  return execute(work, prepared, world.actor, {.wait = false});
}

}  // namespace

TEST_CASE("An object is applied again while the webhook that judges it starts") {
  World world;
  StartingWebhook cluster("failed calling webhook \"v.demo\": connection refused");
  CHECK(install_with_route(world, cluster).ok());
  CHECK(cluster.asked == 4);
  CHECK(cluster.find("Route", "x", "y") != nullptr);
}

TEST_CASE("What a webhook refuses is not offered again") {
  World world;
  StartingWebhook cluster("admission webhook \"v.demo\" denied the request: no");
  CHECK(!install_with_route(world, cluster).ok());
  CHECK(cluster.asked == 1);
}

namespace {

Error no_answer(const std::string& webhook) {
  return Error{ExitCode::cluster, "cannot install"}.because("failed calling webhook \"" + webhook +
                                                            "\": connection refused");
}

}  // namespace

TEST_CASE("A chart whose own webhook does not answer yet is given to helm again") {
  World world;
  world.helm.chart("charts/control", std::string(kControlChart) + kOwnWebhook);
  world.helm.fail("upgrade demo-control", no_answer("v.demo"));
  CHECK(world.install().ok());
  CHECK(world.helm.calls().size() == 3);
}

TEST_CASE("A webhook of others that does not answer is an error at once") {
  World world;
  world.helm.chart("charts/control", std::string(kControlChart) + kOwnWebhook);
  world.helm.fail("upgrade demo-control", no_answer("v.others"));
  CHECK(!world.install().ok());
  CHECK(world.helm.calls().size() == 2);
}

TEST_CASE("A chart of APIs that the server does not have is refused before anything changes") {
  World world;
  world.cluster.answer("/apis", R"({"groups": [{"versions": [{"groupVersion": "apps/v1"}]},
      {"versions": [{"groupVersion": "apiextensions.k8s.io/v1"}]}]})");
  REQUIRE(world.plan().ok());
  world.helm.chart("charts/control", std::string(kControlChart) +
                                         "---\napiVersion: policy/v1beta1\n"
                                         "kind: PodDisruptionBudget\nmetadata: {name: x}\n");
  const auto done = world.install();
  REQUIRE(!done.ok());
  CHECK(done.error().code == ExitCode::no);
  CHECK(done.error().cause == "PodDisruptionBudget of policy/v1beta1");
  CHECK(world.cluster.calls().empty());
}
