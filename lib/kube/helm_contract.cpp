#include "lib/kube/bench_contract.h"
#include "lib/kube/compare.h"
#include "lib/kube/crds.h"
#include "lib/kube/errors.h"

#include <thread>

using namespace weft;
using namespace weft::kube;
using namespace std::chrono_literals;
using contract::Bench;
using contract::must;

namespace {

Failure upgrade_failure(Bench& bench, const Upgrade& what) {
  const auto done = bench.helm().upgrade(what);
  REQUIRE_FALSE(done.ok());
  INFO(done.error().message << ": " << done.error().cause);
  return failure_of(done.error());
}

// Requests the stop when the demo chart's hook is there, so while helm waits for it. Returns
// whether the cluster could be asked.
bool stop_at_hook(Bench& bench, base::StopFlag& stop) {
  const Target hook{.ref = make_ref("batch/v1", "Job", bench.ns, "demo-hook")};
  WaitOptions options = bench.within(60s);
  base::StopFlag seen;
  options.stop = &seen;
  options.progress = [&seen](const std::vector<TargetState>& states) {
    if (states.at(0).readiness.detail != "does not exist") seen.request();
  };
  const bool waited = wait(bench.cluster(), {hook}, options).ok();
  stop.request();
  return waited;
}

}  // namespace

TEST_CASE("a release is installed, upgraded, rolled back and removed") {
  NEEDS_CLUSTER();
  Bench bench;
  const ReleaseName name{"demo", bench.ns};
  Upgrade first = bench.demo(R"({"message": "one"})");
  first.labels = {{"weft.dev/mesh", "demo"}};
  first.description = "the first";
  const auto installed = must(bench.helm().upgrade(first));
  CHECK(installed->revision == 1);
  CHECK(installed->status == ReleaseStatus::deployed);
  CHECK(installed->description == "the first");
  CHECK(must(installed->objects())->size() == 4);
  CHECK(must(bench.helm().upgrade(bench.demo(R"({"message": "two"})")))->revision == 2);
  CHECK(text_at(*must(bench.helm().values(name)), {"message"}) == "two");
  CHECK(text_at(*must(bench.helm().values(name, 1)), {"message"}) == "one");
  CHECK(text_at(*must(bench.helm().values(name, 0, true)), {"must"}) == "yes");

  const auto listed = must(bench.helm().list(bench.ns));
  REQUIRE(listed->size() == 1);
  CHECK(listed->at(0).chart == "demo");
  CHECK(listed->at(0).chart_version == "1.2.3-rc.1");
  CHECK(listed->at(0).app_version == "9.8");
  CHECK(base::parse_rfc3339(listed->at(0).updated).ok());
  if (bench.helm_program().version >= Version{3, 13}) {
    CHECK(must(bench.helm().list("", "weft.dev/mesh=demo"))->size() >= 1);
    CHECK(must(bench.helm().list(bench.ns, "weft.dev/mesh=other"))->empty());
  }
  must(bench.helm().rollback({.release = "demo", .ns = bench.ns, .revision = 1, .timeout = 60s}));
  const auto history = must(bench.helm().history(name));
  REQUIRE(history->size() == 3);
  CHECK(history->at(0).status == ReleaseStatus::superseded);
  CHECK(history->at(2).status == ReleaseStatus::deployed);
  CHECK(must(bench.helm().status(name))->revision == 3);

  must(bench.helm().uninstall({.release = "demo", .ns = bench.ns, .timeout = 60s}));
  must(bench.helm().uninstall({.release = "demo", .ns = bench.ns, .timeout = 60s}));
  CHECK(must(bench.helm().history(name))->empty());
  const auto gone = bench.helm().status(name);
  REQUIRE_FALSE(gone.ok());
  CHECK(failure_of(gone.error()) == Failure::release_missing);
}

TEST_CASE("the plan of an unchanged release is empty, random values aside") {
  NEEDS_CLUSTER();
  Bench bench;
  must(bench.helm().upgrade(bench.demo("{}")));
  const auto plan = must(bench.helm().upgrade(bench.demo("{}", DryRun::server)));
  Objects desired = *must(plan->objects());
  fill_namespace(desired, bench.ns);
  const auto same = must(compare_all(bench.cluster(), desired));
  for (const Change& change : *same) {
    INFO(change.ref.text());
    for (const FieldChange& field : change.fields) CHECK(field.masked);
    CHECK(change.action == Action::none);
  }
  const auto other = must(bench.helm().upgrade(bench.demo(R"({"replicas": 2})", DryRun::server)));
  desired = *must(other->objects());
  fill_namespace(desired, bench.ns);
  int updates = 0;
  const auto changed = must(compare_all(bench.cluster(), desired));
  for (const Change& change : *changed) updates += change.action == Action::update ? 1 : 0;
  CHECK(updates == 1);
  CHECK(must(bench.helm().history({"demo", bench.ns}))->size() == 1);
}

TEST_CASE("hooks are apart from the objects") {
  NEEDS_CLUSTER();
  Bench bench;
  const auto plan = must(bench.helm().upgrade(bench.demo(R"({"hook": true})", DryRun::server)));
  CHECK(must(plan->objects())->size() == 4);
  const auto hooks = must(plan->hook_objects());
  REQUIRE(hooks->size() == 1);
  CHECK(text_at(hooks->at(0), {"kind"}) == "Job");
}

TEST_CASE("charts are rendered and shown without a cluster") {
  NEEDS_CLUSTER();
  Bench bench;
  HelmCli alone(bench.runner(), {.program = bench.helm_program(), .kubeconfig = "/no/such/file"});
  const Chart demo{.source = contract::chart("demo")};
  const auto objects = must(alone.render({.release = "r",
                                          .ns = "n",
                                          .chart = demo,
                                          .values = {},
                                          .kubernetes_version = "1.34.0",
                                          .api_versions = {"x.test/v1/Y"},
                                          .include_crds = true}));
  CHECK(objects->size() == 5);
  CHECK(text_at(*must(alone.show_chart(demo)), {"version"}) == "1.2.3-rc.1");
  CHECK(int_at(*must(alone.show_values(demo)), {"replicas"}) == 1);
  CHECK(must(alone.show_crds(demo))->size() == 1);
}

TEST_CASE("charts and values that cannot work are refused with their class") {
  NEEDS_CLUSTER();
  Bench bench;
  Upgrade what = bench.demo("{}");
  what.chart.source = contract::chart("too-new");
  CHECK(upgrade_failure(bench, what) == Failure::kubernetes_version);
  what.chart.source = contract::chart("broken");
  CHECK(upgrade_failure(bench, what) == Failure::bad_chart);
  what.chart.source = contract::chart("no-such-chart");
  CHECK(upgrade_failure(bench, what) == Failure::chart_missing);
  what.chart.source = bench.ns + "-chart";
  what.chart.repo = "http://127.0.0.1:1";
  CHECK(upgrade_failure(bench, what) == Failure::chart_missing);
  what.chart = {.source = "oci://127.0.0.1:1/none"};
  CHECK(upgrade_failure(bench, what) == Failure::chart_missing);
  what.chart = {.source = contract::chart("")};
  CHECK(upgrade_failure(bench, what) == Failure::bad_chart);
  CHECK(upgrade_failure(bench, bench.demo(R"({"replicas": "many"})")) == Failure::bad_values);
  CHECK(upgrade_failure(bench, bench.demo(R"({"must": ""})")) == Failure::chart_refuses);
  CHECK(must(bench.helm().history({"demo", bench.ns}))->empty());
}

TEST_CASE("a missing namespace is an error unless it may be created") {
  NEEDS_CLUSTER();
  Bench bench;
  Upgrade what = bench.demo("{}");
  what.ns = bench.ns + "-other";
  what.create_namespace = false;
  CHECK(upgrade_failure(bench, what) == Failure::namespace_missing);
  what.create_namespace = true;
  must(bench.helm().upgrade(what));
  must(bench.cluster().remove({make_ref("v1", "Namespace", "", what.ns)}, {}));
}

TEST_CASE("an object of somebody else stops an install and is named") {
  NEEDS_CLUSTER();
  Bench bench;
  const Ref role =
      make_ref("rbac.authorization.k8s.io/v1", "ClusterRole", "", bench.ns + "-shared");
  Object object = stub_of(role);
  object.find("metadata")
      ->set("annotations", doc::Value().set("meta.helm.sh/release-name", "them"));
  must(bench.cluster().apply({object}, {}));
  Upgrade what = bench.demo(R"({"foreign": true})");
  const auto refused = bench.helm().upgrade(what);
  REQUIRE_FALSE(refused.ok());
  INFO(refused.error().cause);
  CHECK(failure_of(refused.error()) == Failure::ownership);
  const auto foreign = foreign_objects_in(refused.error().cause);
  REQUIRE(foreign.size() == 1);
  CHECK(foreign[0].object == role.text());
  CHECK(foreign[0].release == "them");
  what.take_ownership = true;
  what.force_conflicts = true;  // the annotation belongs to another manager
  const bool can_adopt = bench.helm_program().version >= Version{3, 17};
  CHECK(bench.helm().upgrade(what).ok() == can_adopt);
  must(bench.cluster().remove({role}, {}));
}

TEST_CASE("a hook that fails or hangs is an error, the release is failed and can be upgraded") {
  NEEDS_CLUSTER();
  Bench bench;
  Upgrade what = bench.demo(R"({"hook": true, "outcome": "fail"})");
  what.timeout = 10s;
  const auto failed = bench.helm().upgrade(what);
  REQUIRE_FALSE(failed.ok());
  INFO(failed.error().cause);
  CHECK(must(bench.helm().status({"demo", bench.ns}))->status == ReleaseStatus::failed);
  must(bench.helm().upgrade(bench.demo("{}")));
}

TEST_CASE("an operation that was killed leaves a pending release, which is recognised") {
  NEEDS_CLUSTER();
  Bench bench;
  base::StopFlag stop;
  const proc::Command command{
      .argv = {bench.helm_program().path, "upgrade", "--install", "demo", contract::chart("demo"),
               "-n", bench.ns, "--set", "hook=true,outcome=stuck", "--kubeconfig",
               bench.options().kubeconfig},
      .stop = &stop,
      .grace = 0s};  // killed, as on a lost machine
  bool finished = true;
  std::thread helm([&] { finished = bench.runner().run(command).ok(); });
  CHECK(stop_at_hook(bench, stop));
  helm.join();
  CHECK_FALSE(finished);
  CHECK(is_pending(must(bench.helm().status({"demo", bench.ns}))->status));
  CHECK(upgrade_failure(bench, bench.demo("{}")) == Failure::release_pending);
  must(bench.helm().uninstall({.release = "demo", .ns = bench.ns, .timeout = 60s}));
  must(bench.helm().upgrade(bench.demo("{}")));
}

TEST_CASE("a stop request lets helm record the failure") {
  NEEDS_CLUSTER();
  Bench bench;
  base::StopFlag stop;
  HelmCli helm(
      bench.runner(),
      {.program = bench.helm_program(), .kubeconfig = bench.options().kubeconfig, .stop = &stop});
  bool asked = false;
  std::thread other([&] { asked = stop_at_hook(bench, stop); });
  const auto stopped = helm.upgrade(bench.demo(R"({"hook": true, "outcome": "stuck"})"));
  other.join();
  CHECK(asked);
  REQUIRE_FALSE(stopped.ok());
  CHECK(failure_of(stopped.error()) == Failure::interrupted);
  CHECK(must(bench.helm().status({"demo", bench.ns}))->status == ReleaseStatus::failed);
}

TEST_CASE("helm 4 takes over the fields it is told it may, and no others") {
  NEEDS_CLUSTER();
  Bench bench;
  if (bench.helm_program().version.major < 4) return;
  must(bench.helm().upgrade(bench.demo("{}")));
  auto mine = *must(bench.cluster().get(make_ref("v1", "ConfigMap", bench.ns, "demo")));
  Object claim = stub_of(ref_of(*mine));
  claim.set("data", doc::Value().set("message", "mine"));
  must(bench.cluster().apply({claim}, {.force = true, .manager = "somebody"}));
  Upgrade what = bench.demo(R"({"message": "ours"})");
  const auto refused = bench.helm().upgrade(what);
  REQUIRE_FALSE(refused.ok());
  INFO(refused.error().cause);
  CHECK(failure_of(refused.error()) == Failure::conflict);
  const auto conflicts = conflicts_in(refused.error().cause);
  REQUIRE(conflicts.size() == 1);
  CHECK(conflicts[0].object == "ConfigMap " + bench.ns + "/demo");
  CHECK(conflicts[0].manager == "somebody");
  what.forceable = {"replicas"};
  CHECK(upgrade_failure(bench, what) == Failure::conflict);
  what.forceable = {"message"};
  must(bench.helm().upgrade(what));
}

TEST_CASE("helm says which cluster it cannot reach") {
  NEEDS_CLUSTER();
  Bench bench;
  HelmCli lost(bench.runner(), {.program = bench.helm_program(),
                                .context = "no-such-context",
                                .kubeconfig = bench.options().kubeconfig});
  const auto listed = lost.list("", "");
  REQUIRE_FALSE(listed.ok());
  CHECK(failure_of(listed.error()) == Failure::no_context);
}

TEST_CASE("CRDs are applied, compared and keep what is stored") {
  NEEDS_CLUSTER();
  Bench bench;
  Objects crds = *must(bench.helm().show_crds({.source = contract::chart("demo")}));
  must(bench.cluster().remove({ref_of(crds.at(0))}, {.wait = true}));
  const auto first = must(apply_crds(bench.cluster(), crds, bench.within(60s)));
  CHECK(first->changes.at(0).action == Action::create);
  CHECK(must(plan_crds(bench.cluster(), crds))->changes.at(0).action == Action::none);

  Object next = crds.at(0);
  doc::Value& version = next.find("spec")->find("versions")->items()[0];
  version.set("name", "v2");
  const auto refused = apply_crds(bench.cluster(), {next}, bench.within(60s));
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().cause ==
        "CustomResourceDefinition widgets.contract.weft.test: version v1 would be removed, but "
        "objects are stored in it");
  must(bench.cluster().remove({ref_of(next)}, {.wait = true}));
}
