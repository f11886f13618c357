#include "lib/report/sample_test.h"

#include <cmath>

namespace weft::report {
namespace {

// A linear congruential generator: the standard distributions differ between libraries.
class Random {
 public:
  double uniform() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<double>(state_ >> 11) / 9007199254740992.0;
  }
  double normal() {
    double sum = 0;
    for (int i = 0; i < 12; ++i) sum += uniform();
    return sum - 6;
  }

 private:
  std::uint64_t state_ = 20260301;
};

constexpr int kSeconds = 30;
constexpr int kRate = 1000;
constexpr int kStall = 17;  // the second in which the service stands still for a while

double latency_ms(Random& random, int second, int request, double slower) {
  double ms = 1.8 * slower * std::exp(0.28 * random.normal());
  if (random.uniform() < 0.06) ms += 4 * random.uniform() * slower;
  if (random.uniform() < 0.002) ms += 12 + 10 * random.uniform();
  if (second == kStall && request < 60) ms += 60 - request;
  return ms;
}

void set_up(smp::Run& run) {
  run.origin.format = "weft";
  run.setup.load_generator = "weft";
  run.setup.load_generator_version = "0.1.0";
  run.setup.urls = {"http://127.0.0.1:8080/echo"};
  run.setup.method = "GET";
  run.setup.protocol = "http/1.1";
  run.setup.requested_qps = kRate;
  run.setup.connections = 16;
  run.setup.threads = 1;
  run.setup.duration = std::chrono::seconds(kSeconds);
  run.setup.warmup = std::chrono::seconds(2);
  run.setup.timeout = std::chrono::seconds(5);
  run.setup.loop = smp::Loop::open;
  run.setup.omission = smp::Omission::corrected;
  run.setup.arrival = "poisson";
  run.setup.keepalive = true;
  run.setup.seed = 42;
}

void environment(smp::Run& run) {
  run.environment.facts = {{"os", "Debian GNU/Linux 12"},
                           {"kernel", "6.1.0-18-amd64"},
                           {"cpu", "AMD EPYC 7B13"},
                           {"cores", "2"},
                           {"clock", "tsc"}};
  run.generator.verdict = smp::Verdict::valid;
  run.generator.cpu_seconds = 1.92;
  run.generator.busy_percent = 8;
  run.generator.missed_deadlines = 3;
  run.generator.max_rss_bytes = 14'200'000;
}

void measure(smp::Run& run, double slower) {
  Random random;
  stats::Histogram latency;
  stats::Histogram service;
  stats::Histogram lag;
  for (int second = 0; second < kSeconds; ++second) {
    stats::Histogram slice;
    const int completed = kRate - (second == kStall ? 240 : static_cast<int>(8 * random.uniform()));
    for (int request = 0; request < completed; ++request) {
      const double ms = latency_ms(random, second, request, slower);
      const auto ns = static_cast<std::uint64_t>(ms * 1e6);
      const auto late = static_cast<std::uint64_t>(4e3 * std::exp(0.8 * random.normal()));
      slice.record(ns);
      lag.record(late);
      service.record(second == kStall && ms > 5 ? ns / 8 : ns - std::min(ns, late));
    }
    latency.merge(slice);
    run.intervals.push_back({static_cast<double>(second), 1, kRate,
                             static_cast<std::uint64_t>(completed), second == kStall ? 12u : 0u,
                             slice.sparse()});
  }
  run.counts.planned = kSeconds * kRate;
  run.counts.completed = latency.count();
  run.counts.skipped = 0;
  run.counts.errors = {{"status", 12}, {"timeout", 3}};
  run.counts.statuses = {{"200", latency.count() - 12}, {"503", 12}};
  run.actual_qps = static_cast<double>(latency.count()) / kSeconds;
  run.latency = smp::Distribution::of(std::move(latency));
  run.service_time = smp::Distribution::of(std::move(service));
  run.send_lag = smp::Distribution::of(std::move(lag));
}

}  // namespace

smp::Run sample_run(double slower) {
  smp::Run run;
  run.id = "20260301-120000-k3f9";
  run.name = slower == 1 ? "baseline without mesh" : "with sidecars";
  run.labels = {{"mesh", slower == 1 ? "none" : "istio"}, {"commit", "4f2c1d9"}};
  run.started = *base::parse_rfc3339("2026-03-01T12:00:00Z");
  run.ended = *base::parse_rfc3339("2026-03-01T12:00:30Z");
  set_up(run);
  environment(run);
  measure(run, slower);
  return run;
}

smp::Run percentiles_only_run() {
  smp::Run run;
  run.origin = {"wrk2", "", "results/wrk2.txt"};
  run.setup.load_generator = "wrk2";
  run.setup.urls = {"http://bookinfo.example/productpage"};
  run.latency.percentiles_ms = {{50, 3.1}, {75, 4.2}, {90, 6.8}, {99, 19}, {99.9, 44}};
  run.latency.max_ms = 71;
  run.actual_qps = 1999.4;
  run.warnings = {"The file states no start time."};
  return run;
}

smp::Run buckets_only_run() {
  smp::Run run;
  run.origin = {"fortio", "", "results/fortio.json"};
  run.setup.load_generator = "fortio";
  run.setup.omission = smp::Omission::uncorrected;
  run.name = "fortio through the gateway";
  run.latency.buckets = {{0.8, 1, 900}, {1, 2, 5200}, {2, 3, 2100}, {3, 5, 700},
                         {5, 8, 60},    {8, 12, 30},  {12, 20, 9},  {20, 200, 1}};
  run.latency.count = 9000;
  run.latency.min_ms = 0.8;
  run.latency.max_ms = 200;
  run.latency.mean_ms = 1.9;
  run.actual_qps = 899.7;
  run.counts.completed = 9000;
  run.generator.verdict = smp::Verdict::suspect;
  run.generator.reasons = {"The generator sent 0.4 % of the requests more than 1 ms late."};
  return run;
}

smp::Run hostile_run() {
  const std::string attack = "\"><script>alert('x')</script>&\x01\xff";
  auto run = buckets_only_run();
  run.id = run.name = attack;
  run.labels = {{attack, attack}};
  run.setup.urls = {"javascript:alert(1)" + attack, attack};
  run.setup.method = run.setup.protocol = run.setup.arrival = attack;
  run.setup.load_generator = run.setup.load_generator_version = attack;
  run.environment.kubernetes_version = attack;
  run.environment.nodes = {{attack, 1, 1}};
  run.environment.facts = {{attack, attack}};
  run.mesh = {attack, attack};
  run.resources = {{attack, {}}};
  run.counts.errors = {{attack, 1}};
  run.counts.statuses = {{attack, 1}};
  run.generator.reasons = run.warnings = {attack};
  run.origin = {attack, attack, attack};
  return run;
}

}  // namespace weft::report
