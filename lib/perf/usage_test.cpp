#include "lib/perf/usage.h"

#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "lib/base/format.h"
#include "lib/testkit/fake_cluster.h"

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
  readings.push_back({.at = at(5), .cpu_seconds = 0.1, .mem_mb = 10});
  CHECK_FALSE(usage_between(readings, at(2), at(6)));  // a container was replaced
  readings.pop_back();
  CHECK_FALSE(usage_between(readings, at(7), at(9)));
  CHECK_FALSE(usage_between({}, at(0), at(1)));
}

TEST_CASE("what was read before the load began does not thin it out") {
  std::vector<UsageReading>
      readings;  // idle until 10, then half a CPU until 40, as a kubelet has it
  for (const int second : {-5, 12, 24, 36, 48})
    readings.push_back(
        {.at = at(second), .cpu_seconds = 0.5 * std::clamp(second - 10, 0, 30), .mem_mb = 1});
  CHECK(*usage_between(readings, at(10), at(40))->cpu_mcores == Approx(500));
  readings.erase(readings.begin() + 2, readings.begin() + 4);  // one within: all there is
  CHECK(*usage_between(readings, at(10), at(40))->cpu_mcores < 500);
}

TEST_CASE("rates of the source itself are averaged") {
  const std::vector<UsageReading> readings{{.at = at(1), .cpu_mcores = 100, .mem_mb = 1},
                                           {.at = at(2), .cpu_mcores = 300, .mem_mb = 3}};
  CHECK(*usage_between(readings, at(0), at(3))->cpu_mcores == Approx(200));
  CHECK(*usage_between(readings, at(1.5), at(3))->cpu_mcores == Approx(300));
  std::vector<UsageReading> slow = readings;  // the first is of a time before the run, too
  slow[0].over = slow[1].over = 1s;
  CHECK(*usage_between(slow, at(0.5), at(3))->cpu_mcores == Approx(300));
  slow[1].over = 2s;
  CHECK(*usage_between(slow, at(0.5), at(3))->cpu_mcores == Approx(200));
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

// A kubelet that has seen the pod after so many looks.
class LateCluster : public testkit::FakeCluster {
 public:
  int looks = 0, seen_at = 3;
  base::Result<std::string> raw(const std::string& path) override {
    if (!path.starts_with("/api/v1/nodes/")) return FakeCluster::raw(path);
    if (++looks < seen_at) return std::string("# nothing yet\n");
    return std::string(
        "container_cpu_usage_seconds_total{container=\"web\",namespace=\"shop\",pod=\"a\"} 1 "
        "1772366400000\n"
        "container_memory_working_set_bytes{container=\"web\",namespace=\"shop\",pod=\"a\"} 2e+06 "
        "1772366400000\n");
  }
};

class StillClock : public base::Clock {
 public:
  base::WallTime wall() const override { return base::WallTime(now); }
  base::MonoTime monotonic() const override { return base::MonoTime(now); }
  base::Nanoseconds now = 1000s;
};

TEST_CASE("a pod that the kubelet has not seen yet is waited for, and the wait is told") {
  LateCluster cluster;
  cluster.add(
      "{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop, labels: {app: web}}, "
      "spec: {nodeName: n, containers: [{name: web}]}}");
  StillClock clock;
  const UsageReach reach{.cluster = &cluster, .clock = clock};
  std::vector<std::string> told;
  base::StopFlag stop;
  UsageWait wait{.limit = 30s,
                 .stop = &stop,
                 .tell = [&](std::string_view text) { told.emplace_back(text); },
                 .sleep = [&](base::Nanoseconds time) { clock.now += time; }};
  const auto begin = [&](std::string_view text) {
    return UsageWatch({source(text)}, reach).begin(wait);
  };
  CHECK(begin("app=pods:shop/app=web").ok());  // by the kubelet, as there is no metrics API
  CHECK(cluster.looks == 3);
  CHECK(told == std::vector<std::string>{
                    "waiting, up to 30s: the kubelet knows nothing yet about a/web, of "
                    "app=pods:shop/app=web"});
  cluster.looks = 0, cluster.seen_at = 1000;
  const auto late = begin("app=kubelet:shop/app=web").error();
  CHECK(late.code == base::ExitCode::timeout);
  CHECK(late.message == "the kubelet knows nothing yet about a/web, of app=kubelet:shop/app=web");
  CHECK(clock.now >= 1030s);
  CHECK(clock.now < 1040s);
  told.clear();
  CHECK(begin("app=kubelet:shop/app=none").error().code == base::ExitCode::cluster);
  CHECK(told.empty());
  stop.request();
  CHECK(begin("app=kubelet:shop/app=web").error().code == base::ExitCode::interrupted);
}

TEST_CASE("a source that tells nothing new during a run is left out with a warning") {
  LateCluster cluster;
  cluster.seen_at = 0;
  cluster.add(
      "{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop, labels: {app: web}}, "
      "spec: {nodeName: n, containers: [{name: web}]}}");
  UsageWatch watch({source("app=kubelet:shop/app=web")},
                   {.cluster = &cluster, .clock = base::system_clock()});
  REQUIRE(watch.begin().ok());
  smp::Run run;
  run.started = base::system_clock().wall();
  run.ended = *run.started + 1s;
  CHECK(watch.end(run, run.warnings).empty());
  CHECK(run.warnings ==
        std::vector<std::string>{"the use of app=kubelet:shop/app=web is not known: too little was "
                                 "read during the run, measure longer"});
}

}  // namespace
}  // namespace weft::perf
