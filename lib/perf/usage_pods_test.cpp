#include "lib/perf/usage_pods.h"

#include <catch2/catch.hpp>

#include "lib/base/format.h"
#include "lib/testkit/fake_cluster.h"

namespace weft::perf {
namespace {

using namespace std::chrono_literals;

UsageSource source(std::string_view text) {
  auto parsed = parse_usage(text);
  REQUIRE(parsed.ok());
  return *std::move(parsed);
}

std::string pod(std::string_view name, std::string_view spec, std::string_view status = "{}") {
  return fmt::format(
      "{{apiVersion: v1, kind: Pod, metadata: {{name: {}, namespace: shop, labels: {{app: web}}}}, "
      "spec: {}, status: {}}}",
      name, spec, status);
}

constexpr const char* kMetrics =
    "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods?labelSelector=app=web";

TEST_CASE("pods are asked for by the metrics API, their limits by the API server") {
  testkit::FakeCluster cluster;
  cluster.add(pod("a",
                  "{containers: [{name: web}], initContainers: [{name: setup}, {name: istio-proxy, "
                  "restartPolicy: Always, resources: {limits: {cpu: '2', memory: 1G}}}]}"));
  cluster.answer(kMetrics, R"({"items": [{"metadata": {"name": "a"}, "window": "15.5s",
                   "timestamp": "2026-03-01T12:00:05Z", "containers": [
                   {"name": "web", "usage": {"cpu": "1", "memory": "500M"}},
                   {"name": "istio-proxy", "usage": {"cpu": "250m", "memory": "60M"}}]}]})");
  const UsageReach reach{.cluster = &cluster, .clock = base::system_clock()};
  const auto reading = read_pods(source("dp=pods:shop/app=web/istio-proxy"), reach);
  REQUIRE(reading.ok());
  CHECK(base::format_rfc3339(reading->at) == "2026-03-01T12:00:05Z");
  CHECK(reading->over == 15'500ms);
  CHECK(*reading->cpu_mcores == Approx(250));
  CHECK(reading->mem_mb == Approx(60));
  CHECK(reading->cpu_mcores_assigned == 2000);
  CHECK(*reading->mem_mb_assigned == Approx(1000));
  const auto both = read_pods(source("dp=pods:shop/app=web"), reach);
  CHECK(*both->cpu_mcores == Approx(1250));
  CHECK_FALSE(both->cpu_mcores_assigned);
}

TEST_CASE("a sum is one of all containers that run, or there is none yet") {
  testkit::FakeCluster cluster;
  const UsageReach reach{.cluster = &cluster, .clock = base::system_clock()};
  const auto failure = [&](std::string_view text) {
    const auto read = read_pods(source(text), reach);
    REQUIRE_FALSE(read.ok());
    return read.error();
  };
  CHECK(failure("dp=pods:shop/app=web").message ==
        "the use of dp=pods:shop/app=web cannot be read: the metrics API does not answer");
  cluster.answer(kMetrics, R"({"items": [{"metadata": {"name": "a"}, "containers": [
                   {"name": "web", "usage": {"cpu": "1", "memory": "500M"}}]}]})");
  CHECK(failure("dp=pods:shop/app=web").message ==
        "the use of dp=pods:shop/app=web cannot be read: there is no such pod");
  cluster.add(pod("a", "{containers: [{name: web}]}"));
  cluster.add(pod("done", "{containers: [{name: web}]}", "{phase: Succeeded}"));
  CHECK(*read_pods(source("dp=pods:shop/app=web"), reach)->cpu_mcores == Approx(1000));
  const auto other = failure("dp=pods:shop/app=web/envoy");
  CHECK(other.code == base::ExitCode::cluster);
  CHECK(other.message ==
        "the use of dp=pods:shop/app=web/envoy cannot be read: no such pod has this container");
  CHECK(other.remedy == "kubectl get pods -n shop -l app=web");
  cluster.add(pod("b", "{containers: [{name: web}]}"));
  cluster.add(pod("c", "{containers: [{name: web}]}"));
  const auto early = failure("dp=pods:shop/app=web");
  CHECK(early.code == base::ExitCode::timeout);
  CHECK(early.message ==
        "the metrics server knows nothing yet about b/web and 1 more, of dp=pods:shop/app=web");
  for (const char* name : {"a", "b", "c"})
    cluster.add(pod(name, "{containers: [{name: web}]}", "{phase: Pending}"));
  CHECK(failure("dp=pods:shop/app=web").code == base::ExitCode::timeout);
}

TEST_CASE("the kubelets of the pods' nodes tell what their pods have used") {
  testkit::FakeCluster cluster;
  for (const char* name : {"a", "b"})
    cluster.add(pod(name, fmt::format("{{nodeName: n-{}, containers: [{{name: web, resources: "
                                      "{{limits: {{cpu: 500m}}}}}}]}}",
                                      name)));
  const auto metrics = [&](const char* node, const char* name, int second, int used) {
    cluster.answer(
        fmt::format("/api/v1/nodes/{}/proxy/metrics/resource", node),
        fmt::format("# TYPE container_cpu_usage_seconds_total counter\n"
                    "container_cpu_usage_seconds_total{{container=\"web\",namespace=\"shop\","
                    "pod=\"{0}\"}} {2}.5 17723664{1:02}000\n"
                    "container_cpu_usage_seconds_total{{container=\"web\",namespace=\"other\","
                    "pod=\"{0}\"}} 99 1772366499000\n"
                    "container_cpu_usage_seconds_total{{container=\"cut\n"
                    "container_memory_working_set_bytes{{container=\"web\",namespace=\"shop\","
                    "pod=\"{0}\"}} 3e+07 17723664{1:02}000\n",
                    name, second, used));
  };
  metrics("n-a", "a", 3, 4);
  metrics("n-b", "b", 5, 6);
  const UsageReach reach{.cluster = &cluster, .clock = base::system_clock()};
  const auto reading = read_kubelet(source("app=kubelet:shop/app=web"), reach);
  REQUIRE(reading.ok());
  CHECK(base::format_rfc3339(reading->at) == "2026-03-01T12:00:05Z");
  CHECK(*reading->cpu_seconds == Approx(11));
  CHECK(reading->mem_mb == Approx(60));
  CHECK(*reading->cpu_mcores_assigned == Approx(1000));
  metrics("n-b", "c", 5, 6);
  CHECK(read_kubelet(source("app=kubelet:shop/app=web"), reach).error().message ==
        "the kubelet knows nothing yet about b/web, of app=kubelet:shop/app=web");
  cluster.answer(
      "/api/v1/nodes/n-b/proxy/metrics/resource",
      "container_cpu_usage_seconds_total{container=\"web\",namespace=\"shop\",pod=\"b\"} "
      "1 1772366400000\n");
  CHECK(read_kubelet(source("app=kubelet:shop/app=web"), reach).error().code ==
        base::ExitCode::timeout);  // its memory is missing
}

}  // namespace
}  // namespace weft::perf
