#include "lib/perf/usage_prometheus.h"

#include <catch2/catch.hpp>
#include <thread>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/proc/system_runner.h"
#include "lib/testkit/fake_runner.h"
#include "lib/testkit/tcp_server.h"
#include "lib/testkit/temp_dir.h"

namespace weft::perf {
namespace {

using namespace std::chrono_literals;

UsageSource source(std::string_view text) {
  auto parsed = parse_usage(text);
  REQUIRE(parsed.ok());
  return *std::move(parsed);
}

class StillClock : public base::Clock {
 public:
  base::WallTime wall() const override { return base::WallTime(1'772'366'400s); }
  base::MonoTime monotonic() const override { return base::MonoTime(1s); }
};

std::string ask(std::string_view query) {
  return proc::Command{.argv = {"curl", "-fsSG", "--max-time", "10", "--data-urlencode",
                                fmt::format("query={}", query), "--data-urlencode",
                                "time=2026-03-01T12:00:00Z", "--", "http://p:9090/api/v1/query"}}
      .text();
}

proc::Finished value(std::string_view text) {
  return {.out = fmt::format(R"({{"status":"success","data":{{"resultType":"vector","result":[)"
                             R"({{"metric":{{}},"value":[1772366400,"{}"]}}]}}}})",
                             text)};
}

TEST_CASE("Prometheus is asked for one moment, and tells when it has looked itself") {
  const StillClock clock;
  testkit::FakeRunner runner;
  const UsageReach reach{.runner = &runner, .prometheus = "http://p:9090/", .clock = clock};
  const std::string which = R"({namespace="shop",pod=~"web-.*",container="istio-proxy"})";
  runner.on(ask("sum(container_cpu_usage_seconds_total" + which + ")"), value("12.5"));
  runner.on(ask("max(timestamp(container_cpu_usage_seconds_total" + which + "))"),
            value("1772366391.25"));
  runner.on(ask("sum(container_memory_working_set_bytes" + which + ")"), value("3e+07"));
  const auto reading = read_prometheus(source("dp=prometheus:shop/web-.*/istio-proxy"), reach);
  REQUIRE(reading.ok());
  CHECK(base::format_rfc3339(reading->at) == "2026-03-01T11:59:51.25Z");
  CHECK(*reading->cpu_seconds == Approx(12.5));
  CHECK(reading->mem_mb == Approx(30));
}

TEST_CASE("a Prometheus that cannot tell says whether to wait") {
  const StillClock clock;
  testkit::FakeRunner runner;
  UsageReach reach{.runner = &runner, .prometheus = "http://p:9090", .clock = clock};
  const std::string query =
      R"(sum(container_cpu_usage_seconds_total{namespace="shop",pod=~"web-.*",container!=""}))";
  const auto failure = [&] {
    const auto read = read_prometheus(source("app=prometheus:shop/web-.*"), reach);
    REQUIRE_FALSE(read.ok());
    return read.error();
  };
  runner.on(ask(query), {.out = R"({"status":"success","data":{"result":[]}})"});
  CHECK(failure().code == base::ExitCode::timeout);  // it may know of them after the next scrape
  runner.on(ask(query), {.exit_code = 7, .err = "curl: (7) Failed to connect\n"});
  CHECK(failure().message == "http://p:9090 does not answer");
  runner.on(ask(query), {.out = "<html>"});
  CHECK(failure().code == base::ExitCode::input);
  reach.prometheus.clear();
  CHECK(failure().remedy == "--prometheus http://127.0.0.1:9090");
}

// What cAdvisor tells of two pods, one with a proxy that uses a quarter of a CPU.
std::string exposition(double seconds) {
  std::string text = "# TYPE container_cpu_usage_seconds_total counter\n";
  const auto add = [&](const char* ns, const char* pod, const char* container, double cpu,
                       double bytes) {
    const std::string labels =
        fmt::format("{{namespace=\"{}\",pod=\"{}\",container=\"{}\"}}", ns, pod, container);
    text += fmt::format("container_cpu_usage_seconds_total{} {}\n", labels, cpu * seconds);
    text += fmt::format("container_memory_working_set_bytes{} {}\n", labels, bytes);
  };
  add("shop", "web-1", "istio-proxy", 0.2, 2e7);
  add("shop", "web-2", "istio-proxy", 0.05, 1e7);
  add("shop", "web-1", "web", 1, 5e7);
  add("shop", "web-1", "", 9, 9e7);  // the whole pod
  add("other", "web-1", "istio-proxy", 3, 9e7);
  return text;
}

// A Prometheus that looks at 127.0.0.1:target every half a second, while it is in scope.
class RealPrometheus {
 public:
  RealPrometheus(proc::Runner& runner, std::uint16_t target)
      : url_(fmt::format("http://127.0.0.1:{}", port_)) {
    const std::string config = folder_.path() + "/prometheus.yml";
    REQUIRE(
        base::write_file(config, fmt::format("global: {{scrape_interval: 500ms}}\nscrape_configs:\n"
                                             "- job_name: cadvisor\n  honor_labels: true\n"
                                             "  static_configs: [{{targets: ['127.0.0.1:{}']}}]\n",
                                             target))
            .ok());
    const std::vector<std::string> words{
        "prometheus", "--config.file=" + config, "--storage.tsdb.path=" + folder_.path() + "/data",
        fmt::format("--web.listen-address=127.0.0.1:{}", port_), "--log.level=error"};
    thread_ = std::jthread([this, &runner, words] {
      static_cast<void>(runner.run({.argv = words, .deadline = 60s, .stop = &stop_}));
    });
  }
  ~RealPrometheus() { stop_.request(); }
  const std::string& url() const { return url_; }

 private:
  testkit::TempDir folder_;
  const std::uint16_t port_ = testkit::refusing_port();
  std::string url_;
  base::StopFlag stop_;
  std::jthread thread_;
};

TEST_CASE("a real Prometheus tells what containers use") {
  proc::SystemRunner runner(base::Environment::of_process());
  if (!runner.find("prometheus") || !runner.find("curl")) {
    WARN("prometheus or curl is not on this machine: not run");
    return;
  }
  const auto begun = std::chrono::steady_clock::now();
  testkit::TcpServer target([begun](testkit::Peer& peer) {
    while (peer.read_request()) {
      const std::string body = exposition(
          std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
      peer.send(
          fmt::format("HTTP/1.1 200 OK\r\nContent-Type: text/plain; "
                      "version=0.0.4\r\nContent-Length: {}\r\n\r\n{}",
                      body.size(), body));
    }
  });
  const RealPrometheus prometheus(runner, target.port());
  const UsageReach reach{
      .runner = &runner, .prometheus = prometheus.url(), .clock = base::system_clock()};
  const auto proxy = source("dp=prometheus:shop/web-.*/istio-proxy");
  auto first = read_prometheus(proxy, reach);
  for (int i = 0; i < 150 && !first.ok(); ++i) {  // until it listens, and has looked once
    std::this_thread::sleep_for(200ms);
    first = read_prometheus(proxy, reach);
  }
  if (!first.ok()) FAIL(first.error().message << ": " << first.error().cause);
  std::this_thread::sleep_for(3s);
  const auto second = read_prometheus(proxy, reach),
             all = read_prometheus(source("app=prometheus:shop/web-.*"), reach);
  REQUIRE(second.ok());
  REQUIRE(all.ok());
  CHECK(second->mem_mb == Approx(30));
  CHECK(all->mem_mb == Approx(80));
  CHECK(base::system_clock().wall() - second->at < 3s);
  const auto usage = usage_between({*first, *second}, first->at, second->at);
  REQUIRE(usage);
  CHECK(*usage->cpu_mcores == Approx(250).epsilon(0.1));
  CHECK(read_prometheus(source("dp=prometheus:shop/none/envoy"), reach).error().code ==
        base::ExitCode::timeout);
}

}  // namespace
}  // namespace weft::perf
