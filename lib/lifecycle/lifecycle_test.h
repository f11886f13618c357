// A small mesh of two charts, a cluster and a helm in memory, and what operations on them need:
// shared by the tests of execution, rollback, recovery and removal.
#pragma once

#include <string>

#include "lib/doc/read.h"
#include "lib/lifecycle/execute.h"
#include "lib/lifecycle/values.h"
#include "lib/mesh/read_mesh.h"
#include "lib/testkit/fake_cluster.h"
#include "lib/testkit/memory_helm.h"

namespace weft::lifecycle {

inline constexpr const char* kTestMesh = R"(
id: demo
name: Demo
summary: a mesh for tests
status: {state: active}
driver: helm
versions:
  - {version: "1.1.0"}
  - {version: "1.0.0"}
modes: [{name: sidecar, summary: proxies}]
repos: [{name: demo, url: "https://charts.example/demo"}]
steps:
  - {release: demo-base, chart: base, repo: demo, namespace: demo-system, createNamespace: true, crds: templates}
  - {release: demo-control, chart: control, repo: demo, namespace: demo-system}
ready:
  - {kind: Deployment, namespace: demo-system, name: control}
crdGroups: {demo.example: 1}
detect:
  workloads: [{component: control, kind: Deployment, name: control}]
  webhooks: [demo-injector]
webhooks: {mutating: [demo-injector]}
upgrade: {maxMinorSkip: 1}
uninstall:
  leftovers:
    - {kind: ConfigMap, namespace: demo-system, name: demo-left, delete: purge, note: kept for you}
)";

inline constexpr const char* kBaseChart = R"(
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: routes.demo.example, annotations: {helm.sh/resource-policy: keep}}
spec:
  group: demo.example
  scope: Namespaced
  names: {kind: Route, plural: routes}
  versions: [{name: v1, served: true, storage: true}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: demo}
)";

inline constexpr const char* kControlChart = R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: control}
spec:
  replicas: 1
  selector: {matchLabels: {app: control}}
  template:
    metadata: {labels: {app: control}}
    spec: {containers: [{name: control, image: "demo/control:1"}]}
)";

// Time that passes only when somebody sleeps.
class TestClock : public base::Clock {
 public:
  base::WallTime wall() const override {
    return base::WallTime(std::chrono::seconds(1'700'000'000)) + passed;
  }
  base::MonoTime monotonic() const override { return base::MonoTime(passed); }
  base::Nanoseconds passed{0};
};

struct World {
  TestClock clock;
  testkit::FakeCluster cluster;
  testkit::MemoryHelm helm{cluster};
  base::StopFlag stop;
  Work work{cluster, helm, clock, base::MonoTime(std::chrono::minutes(10)), &stop};
  mesh::Mesh mesh = mesh::read_mesh(*doc::read(doc::Source{"demo.yaml", kTestMesh})).value();
  Actor actor{.op = "op1", .holder = "host/1/1", .weft_version = "0.1.0"};
  std::vector<std::string> told;

  World() {
    cluster.answer("/apis", R"({"groups": []})");
    helm.chart("charts/base", kBaseChart).chart("charts/control", kControlChart);
    work.sleep = [this](base::Nanoseconds time) { clock.passed += time; };
    work.tell = [this](const Event& event) { told.push_back(event.release + " " + event.text); };
  }

  Setup setup(const std::string& version = "1.0.0") {
    Setup out{&mesh, *resolve(mesh, version), *select(mesh, *resolve(mesh, version), {}), {}, {},
              {}};
    for (const mesh::Step& step : mesh.steps) {
      SetupStep one{&step};
      one.chart = {
          {"charts/" + step.chart, "", version}, step.chart, version, version, "digest-" + version};
      one.values = doc::Value::map();
      one.values_sha256 = hash_of(one.values);
      out.steps.push_back(std::move(one));
    }
    return out;
  }

  base::Result<Prepared> plan(const std::string& version = "1.0.0", const PlanOptions& how = {}) {
    WEFT_TRY(installed, look_up(work, mesh, ""));
    return plan_install(work, setup(version), std::move(installed), how);
  }

  base::Result<Outcome> install(const std::string& version = "1.0.0", const PlanOptions& how = {},
                                const ExecuteOptions& options = {}) {
    WEFT_TRY(prepared, plan(version, how));
    return execute(work, prepared, actor, options);
  }

  Record record() { return look_up(work, mesh, "")->record.value_or(Record{}); }
};

}  // namespace weft::lifecycle
