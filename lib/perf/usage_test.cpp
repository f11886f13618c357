#include "lib/perf/usage.h"

#include <unistd.h>

#include <catch2/catch.hpp>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/testkit/fake_cluster.h"
#include "lib/testkit/temp_dir.h"

namespace weft::perf {
namespace {

using namespace std::chrono_literals;

base::WallTime at(double seconds) {
  return base::WallTime(base::Nanoseconds(static_cast<std::int64_t>(seconds * 1e9)));
}

UsageSource source(std::string_view text) {
  auto parsed = parse_usage(text);
  REQUIRE(parsed.ok());
  return *std::move(parsed);
}

TEST_CASE("a source of resource use is read from its text") {
  const auto pods = source("dp=pods:shop/app=web/istio-proxy");
  CHECK(pods.part == "dp");
  CHECK(pods.ns == "shop");
  CHECK(pods.selector == "app=web");
  CHECK(pods.container == "istio-proxy");
  const auto labelled = source("dp=pods:shop/app.kubernetes.io/name=web/istio-proxy");
  CHECK(labelled.selector == "app.kubernetes.io/name=web");
  CHECK(labelled.container == "istio-proxy");
  CHECK(source("app=cgroup:/sys/fs/cgroup/a.slice/b").target == "a.slice/b");
  for (const char* text : {"", "dp", "dp=pid:x", "xx=pid:1", "dp=pods:shop", "dp=pods:shop/a=\"b",
                           "dp=disk:1", "dp=cgroup:../../etc"})
    CHECK(parse_usage(text).error().code == base::ExitCode::usage);
}

TEST_CASE("CPU is what was used between two moments, memory the mean of what was read") {
  std::vector<UsageReading> readings;
  for (int i = 0; i <= 4; ++i)
    readings.push_back({.at = at(i), .cpu_seconds = i * 0.5 + (i > 2 ? 1 : 0), .mem_mb = 10.0 * i});
  const auto usage = usage_between(readings, at(0.5), at(1.5));
  REQUIRE(usage);
  CHECK(*usage->cpu_mcores == Approx(500));
  CHECK(*usage->mem_mb == Approx(10));
  CHECK(*usage_between(readings, at(2), at(3))->cpu_mcores == Approx(1500));
  CHECK_FALSE(usage_between(readings, at(7), at(9)));
  CHECK_FALSE(usage_between({}, at(0), at(1)));
}

TEST_CASE("rates of the source itself are averaged") {
  const std::vector<UsageReading> readings{{.at = at(1), .cpu_mcores = 100, .mem_mb = 1},
                                           {.at = at(2), .cpu_mcores = 300, .mem_mb = 3}};
  CHECK(*usage_between(readings, at(0), at(3))->cpu_mcores == Approx(200));
  CHECK(*usage_between(readings, at(1.5), at(3))->cpu_mcores == Approx(300));
}

TEST_CASE("a control group tells its use and its limits") {
  testkit::TempDir root;
  const auto put = [&](const std::string& name, const std::string& text) {
    REQUIRE(base::write_file(root.path() + "/sys/fs/cgroup/envoy/" + name, text).ok());
  };
  put("cpu.stat", "usage_usec 2500000\nuser_usec 1\n");
  put("memory.current", "64000000\n");
  put("cpu.max", "200000 100000\n");
  put("memory.max", "max\n");
  const UsageReach reach{.root = root.path(), .clock = base::system_clock()};
  const auto reading = read_usage(source("dp=cgroup:envoy"), reach);
  REQUIRE(reading.ok());
  CHECK(reading->cpu_seconds == 2.5);
  CHECK(reading->mem_mb == 64);
  CHECK(reading->cpu_mcores_assigned == 2000);
  CHECK_FALSE(reading->mem_mb_assigned);
  CHECK(read_usage(source("dp=cgroup:gone"), reach).error().message ==
        "the use of dp=cgroup:gone cannot be read");
}

TEST_CASE("pods are asked for by the metrics API, their limits by the API server") {
  testkit::FakeCluster cluster;
  cluster.add(
      R"({apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop, labels: {app: web}},
    spec: {containers: [{name: web}, {name: istio-proxy,
      resources: {limits: {cpu: "2", memory: 1G}}}]}})");
  cluster.answer("/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods?labelSelector=app=web",
                 R"({"items": [{"containers": [
                   {"name": "web", "usage": {"cpu": "1", "memory": "500M"}},
                   {"name": "istio-proxy", "usage": {"cpu": "250m", "memory": "60M"}}]}]})");
  const UsageReach reach{.cluster = &cluster, .clock = base::system_clock()};
  const auto reading = read_usage(source("dp=pods:shop/app=web/istio-proxy"), reach);
  REQUIRE(reading.ok());
  CHECK(*reading->cpu_mcores == Approx(250));
  CHECK(reading->mem_mb == Approx(60));
  CHECK(reading->cpu_mcores_assigned == 2000);
  CHECK(*reading->mem_mb_assigned == Approx(1000));
  CHECK_FALSE(read_usage(source("dp=pods:shop/app=web"), reach)->cpu_mcores_assigned);
  const auto unknown = read_usage(source("dp=pods:shop/app=web/linkerd-proxy"), reach);
  CHECK(unknown.error().remedy == "kubectl top pods -n shop -l app=web --containers");
}

TEST_CASE("where there is no metrics server the kubelets of the pods' nodes tell") {
  testkit::FakeCluster cluster;
  for (const char* name : {"a", "b"})
    cluster.add(
        fmt::format("{{apiVersion: v1, kind: Pod, metadata: {{name: {0}, namespace: shop, "
                    "labels: {{app: web}}}}, spec: {{nodeName: n-{0}, containers: "
                    "[{{name: web, resources: {{limits: {{cpu: 500m}}}}}}]}}}}",
                    name));
  const auto metrics = [&](const char* node, const char* pod, int second, int used) {
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
                    pod, second, used));
  };
  metrics("n-a", "a", 3, 4);
  metrics("n-b", "b", 5, 6);
  const UsageReach reach{.cluster = &cluster, .clock = base::system_clock()};
  const auto reading = read_usage(source("app=kubelet:shop/app=web"), reach);
  REQUIRE(reading.ok());
  CHECK(base::format_rfc3339(reading->at) == "2026-03-01T12:00:05Z");
  CHECK(*reading->cpu_seconds == Approx(11));
  CHECK(reading->mem_mb == Approx(60));
  CHECK(*reading->cpu_mcores_assigned == Approx(1000));
  CHECK(read_usage(source("dp=kubelet:shop/app=web/envoy"), reach).error().remedy ==
        "kubectl get pods -n shop -l app=web");
  UsageWatch watch({source("app=pods:shop/app=web")}, reach);  // no such API in this cluster
  CHECK(watch.begin().ok());
}

TEST_CASE("the watch tells what this very process uses") {
  UsageWatch watch({source(fmt::format("app=pid:{}", ::getpid()))},
                   {.clock = base::system_clock()});
  smp::Run run;
  run.started = base::system_clock().wall();
  REQUIRE(watch.begin().ok());
  volatile double work = 0;
  for (int i = 0; i < 20'000'000; ++i) work = work + i;
  run.ended = base::system_clock().wall();
  const auto parts = watch.end(run, run.warnings);
  CHECK(run.warnings.empty());
  REQUIRE(parts.contains("app"));
  CHECK(*parts.at("app").mem_mb > 1);
  CHECK(*parts.at("app").cpu_mcores >= 0);
}

}  // namespace
}  // namespace weft::perf
