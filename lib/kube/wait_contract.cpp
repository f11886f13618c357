#include "lib/kube/bench_contract.h"

using namespace weft;
using namespace weft::kube;
using namespace std::chrono_literals;
using contract::Bench;
using contract::must;

namespace {

// Installs the demo chart with these values and waits until the cause is known.
TargetState wait_for_cause(Bench& bench, const std::string& values, Cause cause) {
  must(bench.helm().upgrade(bench.demo(values)));
  TargetState last;
  WaitOptions options = bench.within(90s);
  base::StopFlag stop;
  options.stop = &stop;
  options.progress = [&](const std::vector<TargetState>& states) {
    last = states.at(0);
    if (last.diagnosis && last.diagnosis->cause == cause) stop.request();
  };
  const auto report = must(wait(bench.cluster(), {{.ref = bench.deployment("demo")}}, options));
  CHECK_FALSE(report->ready());
  INFO(last.text());
  REQUIRE(last.diagnosis.has_value());
  CHECK(cause_name(last.diagnosis->cause) == cause_name(cause));
  return last;
}

}  // namespace

TEST_CASE("a workload that runs is ready") {
  NEEDS_CLUSTER();
  Bench bench;
  must(bench.helm().upgrade(bench.demo("{}")));
  const auto report =
      must(wait(bench.cluster(), {{.ref = bench.deployment("demo")}}, bench.within(90s)));
  CHECK(report->ready());
  CHECK(report->targets.at(0).readiness.have == 1);
}

TEST_CASE("targets are also found by their labels") {
  NEEDS_CLUSTER();
  Bench bench;
  must(bench.helm().upgrade(bench.demo("{}")));
  const Target pods{.ref = make_ref("v1", "Pod", bench.ns, ""), .selector = "app=demo"};
  const Target none{.ref = make_ref("v1", "Pod", bench.ns, ""), .selector = "app=none"};
  CHECK(must(wait(bench.cluster(), {pods}, bench.within(90s)))->ready());
  CHECK_FALSE(must(wait(bench.cluster(), {none}, bench.within(1s)))->ready());
}

TEST_CASE("an image that cannot be pulled is named, and waiting ends early") {
  NEEDS_CLUSTER();
  Bench bench;
  const auto state = wait_for_cause(bench, R"({"outcome": "image-pull"})", Cause::image_pull);
  CHECK(state.diagnosis->name == "registry.test/demo:1.0");
  WaitOptions options = bench.within(90s);
  options.hopeless_after = 4s;
  const auto report = must(wait(bench.cluster(), {{.ref = bench.deployment("demo")}}, options));
  CHECK(report->end == WaitEnd::hopeless);
  CHECK(report->error()->code == base::ExitCode::timeout);
}

TEST_CASE("crashes and missing configuration are told apart") {
  NEEDS_CLUSTER();
  Bench bench;
  wait_for_cause(bench, R"({"outcome": "crash"})", Cause::crash_loop);
  wait_for_cause(bench, R"({"outcome": "config-error"})", Cause::bad_config);
}

TEST_CASE("a probe that fails is told") {
  NEEDS_CLUSTER();
  Bench bench;
  wait_for_cause(bench, R"({"outcome": "never-ready"})", Cause::probe);
}

TEST_CASE("a pod that no node can take is told") {
  NEEDS_CLUSTER();
  Bench bench;
  const auto state =
      wait_for_cause(bench, R"({"nodeSelector": {"no": "node"}})", Cause::unschedulable);
  CHECK_FALSE(state.warnings.empty());
}

TEST_CASE("a claim without a volume is named") {
  NEEDS_CLUSTER();
  Bench bench;
  const auto state = wait_for_cause(bench, R"({"volume": true})", Cause::unbound_claim);
  CHECK(state.diagnosis->name == "demo-data");
}

TEST_CASE("a quota that allows no pods is named") {
  NEEDS_CLUSTER();
  Bench bench;
  must(bench.apply(
      "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: tight}\nspec: {hard: {pods: \"0\"}}"));
  const auto state = wait_for_cause(bench, "{}", Cause::quota);
  CHECK(state.diagnosis->name == "tight");
}

TEST_CASE("a namespace whose Pod Security level forbids the pods is told") {
  NEEDS_CLUSTER();
  Bench bench;
  must(bench.cluster().label(make_ref("v1", "Namespace", "", bench.ns),
                             {{"pod-security.kubernetes.io/enforce", "restricted"}}));
  wait_for_cause(bench, "{}", Cause::pod_security);
}

TEST_CASE("a webhook in the way of new pods is named") {
  NEEDS_CLUSTER();
  Bench bench;
  const std::string yaml = R"(
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: NAME}
webhooks:
  - name: injector.contract.weft.test
    admissionReviewVersions: [v1]
    sideEffects: None
    timeoutSeconds: 2
    failurePolicy: Fail
    namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NAME}}
    rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
    clientConfig: {service: {name: gone, namespace: NAME}}
)";
  std::string text = yaml;
  for (auto at = text.find("NAME"); at != std::string::npos; at = text.find("NAME"))
    text.replace(at, 4, bench.ns);
  must(bench.apply(text));
  const auto state = wait_for_cause(bench, "{}", Cause::webhook);
  CHECK(state.diagnosis->name == "injector.contract.weft.test");
  const Ref webhook =
      make_ref("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "", bench.ns);
  const auto seen =
      must(look(bench.cluster(), {{.ref = webhook}}, base::system_clock().wall(), true));
  CHECK(seen->at(0).readiness.state == State::waiting);
  must(bench.cluster().remove({webhook}, {}));
  CHECK(must(wait_gone(bench.cluster(), {webhook}, bench.within(60s)))->ready());
}
