#include "lib/kube/wait.h"

#include <catch2/catch.hpp>

#include "lib/kube/crds.h"
#include "lib/testkit/fake_cluster.h"

using namespace weft;
using namespace weft::kube;
using namespace std::chrono_literals;

namespace {

// Time that passes only while somebody sleeps.
struct SleepClock : base::Clock {
  base::WallTime wall() const override { return base::WallTime(now); }
  base::MonoTime monotonic() const override { return base::MonoTime(now); }
  base::Nanoseconds now = 1h;
};

const Ref kDeployment = make_ref("apps/v1", "Deployment", "n", "d");

std::string deployment(int available) {
  return "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, namespace: n, labels: {app: "
         "d}}, spec: {selector: {matchLabels: {app: d}}}, status: {updatedReplicas: 1, "
         "availableReplicas: " +
         std::to_string(available) + "}}";
}

const char* const kBadImage =
    "{apiVersion: v1, kind: Pod, metadata: {name: d-1, namespace: n, labels: {app: d}}, status: "
    "{containerStatuses: [{name: main, image: reg/x, state: {waiting: {reason: ErrImagePull}}}]}}";

struct Bench {
  testkit::FakeCluster cluster;
  SleepClock clock;
  base::StopFlag stop;
  int sleeps = 0;
  std::function<void(int)> meanwhile = [](int) {};

  WaitOptions options(base::Nanoseconds limit) {
    return {.clock = clock,
            .deadline = clock.monotonic() + limit,
            .stop = &stop,
            .sleep = [this](base::Nanoseconds time) {
              clock.now += time;
              meanwhile(++sleeps);
            }};
  }
};

}  // namespace

TEST_CASE("a wait ends as soon as everything is ready") {
  Bench bench;
  bench.cluster.add(deployment(0));
  bench.meanwhile = [&](int sleeps) {
    if (sleeps == 5) bench.cluster.add(deployment(1));
  };
  const auto report = wait(bench.cluster, {{.ref = kDeployment}}, bench.options(1min));
  REQUIRE(report.ok());
  CHECK(report->ready());
  CHECK_FALSE(report->error());
  CHECK(bench.sleeps == 5);
}

TEST_CASE("at the deadline the report says what is not ready and why") {
  Bench bench;
  bench.cluster.add(deployment(0));
  bench.cluster.add(
      "{apiVersion: v1, kind: Pod, metadata: {name: d-1, namespace: n, labels: {app: d}}, status: "
      "{conditions: [{type: PodScheduled, status: 'False', message: too small}]}}");
  int looks = 0;
  auto options = bench.options(10s);
  options.progress = [&looks](const std::vector<TargetState>&) { ++looks; };
  const auto report = wait(bench.cluster, {{.ref = kDeployment}}, options);
  REQUIRE(report.ok());
  CHECK(report->end == WaitEnd::timeout);
  CHECK(looks == 106);
  const auto error = report->error();
  REQUIRE(error);
  CHECK(error->code == base::ExitCode::timeout);
  CHECK(error->message ==
        "not ready: Deployment n/d 0/1 available: no node can take the pod: too small");
  CHECK(error->remedy == "see more: kubectl describe pod -n n d-1");
}

TEST_CASE("a cause that time does not heal ends the wait early, once it lasts") {
  Bench bench;
  bench.cluster.add(deployment(0)).add(kBadImage);
  const auto report = wait(bench.cluster, {{.ref = kDeployment}}, bench.options(10min));
  REQUIRE(report.ok());
  CHECK(report->end == WaitEnd::hopeless);
  CHECK(bench.sleeps >= 120);
  CHECK(bench.sleeps < 180);
}

TEST_CASE("a cause that heals in between starts to count anew") {
  Bench bench;
  bench.cluster.add(deployment(0)).add(kBadImage);
  bench.meanwhile = [&](int sleeps) {
    if (sleeps == 40)
      static_cast<void>(bench.cluster.remove({make_ref("v1", "Pod", "n", "d-1")}, {}));
    if (sleeps == 50) bench.cluster.add(kBadImage);
  };
  const auto report = wait(bench.cluster, {{.ref = kDeployment}}, bench.options(10min));
  REQUIRE(report.ok());
  CHECK(report->end == WaitEnd::hopeless);
  CHECK(bench.sleeps >= 110);
}

TEST_CASE("a failed Job ends the wait at once") {
  Bench bench;
  bench.cluster.add(
      "{apiVersion: batch/v1, kind: Job, metadata: {name: j, namespace: n}, status: {conditions: "
      "[{type: Failed, status: 'True', message: no}]}}");
  const auto report =
      wait(bench.cluster, {{.ref = make_ref("batch/v1", "Job", "n", "j")}}, bench.options(1min));
  REQUIRE(report.ok());
  CHECK(report->end == WaitEnd::hopeless);
  CHECK(bench.sleeps == 0);
}

TEST_CASE("what does not exist is waited for") {
  Bench bench;
  const Target none{.ref = make_ref("v1", "Pod", "n", ""), .selector = "app=x"};
  const auto report = wait(bench.cluster, {{.ref = kDeployment}, none}, bench.options(3s));
  REQUIRE(report.ok());
  CHECK(report->targets[0].text() == "Deployment n/d does not exist");
  CHECK(report->targets[1].text() == "Pod in n nothing has the labels app=x");
}

TEST_CASE("what is optional gets a little time once the rest is ready, and fails nothing") {
  Bench bench;
  bench.cluster.add(deployment(0));
  bench.meanwhile = [&](int sleeps) {
    if (sleeps == 40) bench.cluster.add(deployment(1));  // after two seconds
  };
  const Target late{.ref = make_ref("v1", "ConfigMap", "n", "late"), .optional = true};
  const auto began = bench.clock.monotonic();
  const auto report = wait(bench.cluster, {{.ref = kDeployment}, late}, bench.options(1min));
  REQUIRE(report.ok());
  CHECK(report->ready());
  CHECK(report->not_ready().size() == 1);
  CHECK(bench.clock.monotonic() - began == 12s);

  const auto hurried = wait(bench.cluster, {late}, bench.options(3s));
  CHECK(hurried->ready());
  CHECK_FALSE(hurried->error());
}

TEST_CASE("a stop request ends the wait as interrupted") {
  Bench bench;
  bench.meanwhile = [&](int) { bench.stop.request(); };
  const auto report = wait(bench.cluster, {{.ref = kDeployment}}, bench.options(1min));
  REQUIRE(report.ok());
  CHECK(report->end == WaitEnd::interrupted);
  CHECK(report->error()->code == base::ExitCode::interrupted);
}

TEST_CASE("two failed calls are forgiven, three in a row are not") {
  const base::Error lost = base::Error{base::ExitCode::cluster, "cannot get"}.because("EOF");
  Bench bench;
  bench.cluster.add(deployment(1)).fail("get", lost).fail("get", lost);
  CHECK(wait(bench.cluster, {{.ref = kDeployment}}, bench.options(1min))->ready());
  bench.cluster.fail("get", lost).fail("get", lost).fail("get", lost);
  CHECK_FALSE(wait(bench.cluster, {{.ref = kDeployment}}, bench.options(1min)).ok());
}

TEST_CASE("a server out of reach has half a minute to come back") {
  const base::Error away = base::Error{base::ExitCode::cluster, "cannot get"}.because(
      "Unable to connect to the server: net/http: TLS handshake timeout");
  Bench bench;
  bench.cluster.add(deployment(1));
  for (int call = 0; call < 120; ++call) bench.cluster.fail("get", away);
  CHECK(wait(bench.cluster, {{.ref = kDeployment}}, bench.options(1min))->ready());
  for (int call = 0; call < 140; ++call) bench.cluster.fail("get", away);
  CHECK_FALSE(wait(bench.cluster, {{.ref = kDeployment}}, bench.options(2min)).ok());
}

TEST_CASE("without the right to read pods the wait goes on unexplained") {
  Bench bench;
  bench.cluster.add(deployment(0));
  bench.cluster.fail("list", base::Error{base::ExitCode::cluster, "cannot list pods"});
  const auto states = look(bench.cluster, {{.ref = kDeployment}}, bench.clock.wall(), true);
  REQUIRE(states.ok());
  CHECK_FALSE(states->front().diagnosis);
}

TEST_CASE("what is deleted is waited for until it is gone, naming finalizers") {
  Bench bench;
  const Ref map = make_ref("v1", "ConfigMap", "n", "a");
  bench.cluster.add(
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: n, finalizers: "
      "[x.test/y]}}");
  const auto stuck = wait_gone(bench.cluster, {map}, bench.options(2s));
  CHECK(stuck->targets[0].text() == "ConfigMap n/a waits for finalizer x.test/y");
  bench.meanwhile = [&](int) { static_cast<void>(bench.cluster.remove({map}, {})); };
  CHECK(wait_gone(bench.cluster, {map}, bench.options(2s))->ready());
}

namespace {

std::string crd(const std::string& versions, const std::string& stored) {
  return "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: "
         "widgets.x.test}, spec: {versions: " +
         versions + "}, status: {storedVersions: " + stored +
         ", conditions: [{type: Established, status: 'True'}]}}";
}

Objects desired_crd(const std::string& versions) {
  Objects objects = *read_objects(doc::Source("crd", crd(versions, "[]")));
  objects[0].set("status", doc::Value());
  return objects;
}

}  // namespace

TEST_CASE("CRDs that differ are applied, equal ones are left alone") {
  Bench bench;
  bench.cluster.add(crd("[{name: v1, storage: true}]", "[v1]"));
  const auto same = desired_crd("[{name: v1, storage: true}]");
  CHECK(apply_crds(bench.cluster, same, bench.options(5s)).ok());
  CHECK(bench.cluster.calls().empty());
  const auto next = desired_crd("[{name: v1}, {name: v2, storage: true}]");
  const auto plan = apply_crds(bench.cluster, next, bench.options(5s));
  REQUIRE(plan.ok());
  CHECK(plan->changes[0].versions_added == std::vector<std::string>{"v2"});
  CHECK(plan->changes[0].storage_from == "v1");
  CHECK(plan->changes[0].storage_to == "v2");
  CHECK(bench.cluster.calls().size() == 1);
}

TEST_CASE("a CRD upgrade that would lose stored objects is refused before anything changes") {
  Bench bench;
  bench.cluster.add(crd("[{name: v1}, {name: v2, storage: true}]", "[v1, v2]"));
  const auto refused =
      apply_crds(bench.cluster, desired_crd("[{name: v2, storage: true}]"), bench.options(5s));
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().cause ==
        "CustomResourceDefinition widgets.x.test: version v1 would be removed, but objects are "
        "stored in it");
  CHECK(bench.cluster.calls().empty());
}
