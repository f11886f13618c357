#include "lib/stats/compare.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>
#include <random>

#include "lib/stats/resample.h"

namespace weft::stats {
namespace {

struct Queue {
  int seconds = 60;
  double rate = 500;        // arrivals per second
  double service_ms = 1.6;  // mean; with the rate 500 a load of 0.8
  double error_ratio = 0;
};

// One server, Poisson arrivals, exponential service times: answers that follow each other closely
// are slow together, as those of a real service.
std::vector<Interval> simulate(const Queue& queue, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::exponential_distribution<double> gap(queue.rate), service(1e3 / queue.service_ms);
  std::bernoulli_distribution fails(queue.error_ratio);
  std::vector<Histogram> histograms(static_cast<std::size_t>(queue.seconds));
  std::vector<Interval> intervals(histograms.size());
  double free_at = 0;
  for (double now = gap(random); now < queue.seconds; now += gap(random)) {
    free_at = std::max(free_at, now) + service(random);
    const auto slice = static_cast<std::size_t>(now);
    histograms[slice].record(static_cast<std::uint64_t>((free_at - now) * 1e9));
    ++intervals[slice].completed;
    intervals[slice].errors += fails(random);
  }
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    intervals[i].start_s = static_cast<double>(i);
    intervals[i].duration_s = 1;
    intervals[i].latency = histograms[i].sparse();
  }
  return intervals;
}

const Difference& of(const Comparison& comparison, const Metric& metric) {
  for (const auto& difference : comparison.differences)
    if (difference.metric == metric) return difference;
  FAIL("no " << metric.name());
  return comparison.differences.front();
}

const Metric kP50{MetricKind::percentile, 50}, kP99{MetricKind::percentile, 99};
const Metric kErrors{MetricKind::errors}, kThroughput{MetricKind::throughput};

// How many of the pairs get a verdict of better or worse, by metric; the margin does not help.
std::vector<int> verdicts(const Queue& a, const Queue& b, int pairs, std::uint64_t seed,
                          std::size_t replicates) {
  std::vector<int> different(usual_metrics().size(), 0);
  CompareOptions options;
  options.margin = 0;
  options.replicates = replicates;
  for (int i = 0; i < pairs; ++i) {
    const auto first = simulate(a, seed++), second = simulate(b, seed++);
    const auto comparison = compare({first, {}}, {second, {}}, options);
    for (std::size_t m = 0; m < different.size(); ++m) {
      const Verdict verdict = comparison.differences[m].verdict;
      different[m] += verdict == Verdict::better || verdict == Verdict::worse;
    }
  }
  return different;
}

}  // namespace

TEST_CASE("Two runs of the same busy service are rarely called different") {
  const Queue queue{.seconds = 40, .rate = 250, .service_ms = 3.2};
  const auto different = verdicts(queue, queue, 25, 1000, 400);
  for (int count : different) CHECK(count <= 4);  // 5 % of 25 are 1.25
}

TEST_CASE("A service that became slower is called worse") {
  const Queue slower{.service_ms = 1.6 * 1.08};
  const auto a = simulate({}, 7), b = simulate(slower, 8);
  const auto comparison = compare({a, {}}, {b, {}});
  const auto& p50 = of(comparison, kP50);
  CHECK(p50.verdict == Verdict::worse);
  CHECK(p50.relative.value() > 0.1);
  CHECK(p50.relative_95->low < p50.relative.value());
  CHECK(p50.relative_95->high > p50.relative.value());
  CHECK(of(compare({b, {}}, {a, {}}), kP50).verdict == Verdict::better);

  const auto detected = verdicts({}, slower, 5, 3000, 400);
  CHECK(detected[0] >= 4);
}

TEST_CASE("Percentile intervals hold the true difference") {
  // Doubling all latencies: every interval must hold +100 %, and does not hold 0.
  const auto a = simulate({}, 21), b = simulate({.rate = 250, .service_ms = 3.2}, 22);
  const auto comparison = compare({a, {}}, {b, {}});
  for (const auto& d : comparison.differences) {
    if (d.metric.kind != MetricKind::percentile || d.metric.percentile > 99) continue;
    INFO(d.metric.name());
    CHECK(d.relative_95->low < 1);
    CHECK(d.relative_95->high > 1);
    CHECK(d.verdict == Verdict::worse);
  }
  CHECK(of(comparison, kThroughput).verdict == Verdict::worse);
  CHECK(of(comparison, kThroughput).relative.value() == Approx(-0.5).margin(0.03));
}

TEST_CASE("A run compared with itself is equivalent") {
  const auto run = simulate({.rate = 200, .service_ms = 1}, 5);
  const auto comparison = compare({run, {}}, {run, {}});
  CHECK(of(comparison, kP50).absolute == 0.0);
  CHECK(of(comparison, kP50).verdict == Verdict::equivalent);
  CHECK(of(comparison, kErrors).verdict == Verdict::equivalent);
}

TEST_CASE("Error rates are compared by their absolute difference") {
  const auto a = simulate({}, 31), b = simulate({.error_ratio = 0.02}, 32);
  const auto comparison = compare({a, {}}, {b, {}});
  const auto& errors = of(comparison, kErrors);
  CHECK(errors.verdict == Verdict::worse);
  CHECK(errors.absolute.value() == Approx(0.02).margin(0.003));
  CHECK_FALSE(errors.relative.has_value());
  CHECK_FALSE(errors.relative_95.has_value());
}

TEST_CASE("The same seed gives the same comparison") {
  const auto a = simulate({}, 41), b = simulate({}, 42);
  const auto first = of(compare({a, {}}, {b, {}}), kP99);
  const auto again = of(compare({a, {}}, {b, {}}), kP99);
  CHECK(first.absolute_95->low == again.absolute_95->low);
  CHECK(first.p_value == again.p_value);
  CompareOptions other;
  other.seed = 2;
  CHECK(of(compare({a, {}}, {b, {}}, other), kP99).absolute_95->low != first.absolute_95->low);
}

TEST_CASE("Without intervals there are differences but no evidence") {
  const auto value = [](double p99_ns) {
    return [p99_ns](const Metric& metric) {
      return metric == kP99 ? std::optional(p99_ns) : std::nullopt;
    };
  };
  const auto comparison = compare({{}, value(4e6)}, {{}, value(5e6)});
  const auto& p99 = of(comparison, kP99);
  CHECK(p99.absolute == 1e6);
  CHECK(p99.relative.value() == Approx(0.25));
  CHECK(p99.verdict == Verdict::no_evidence);
  CHECK(p99.reason == "run A has no intervals: its variation over time is not known");
  CHECK(of(comparison, kP50).reason == "run A does not tell");
  CHECK(comparison.block_seconds == 0);
}

TEST_CASE("Short runs and rare answers are no evidence, with the reason") {
  const auto whole = simulate({}, 51), brief = simulate({.seconds = 6}, 52);
  CHECK(of(compare({whole, {}}, {brief, {}}), kP50).reason ==
        "run B is too short: at least 9 s are needed");

  const auto sparse = simulate({.rate = 10}, 53);
  const auto comparison = compare({sparse, {}}, {sparse, {}});
  CHECK(of(comparison, kP99).reason.find("answers above its p99, fewer than 10") !=
        std::string::npos);
  CHECK(of(comparison, kP50).relative_95.has_value());
}

TEST_CASE("Stated values are shown and intervals are centred on them") {
  const auto run = simulate({}, 61);
  const Side stated{
      run, [](const Metric& metric) { return metric == kP50 ? std::optional(8e6) : std::nullopt; }};
  const auto comparison = compare({run, {}}, stated);
  const auto& p50 = of(comparison, kP50);
  CHECK(p50.b == 8e6);
  CHECK(p50.relative_95->low < p50.relative.value());
  CHECK(p50.relative_95->high > p50.relative.value());
}

TEST_CASE("A change has happened only when the whole interval lies beyond the bound") {
  const auto a = simulate({}, 7), b = simulate({.service_ms = 1.6 * 1.08}, 8);
  const auto comparison = compare({a, {}}, {b, {}});
  const auto happened = [&](const std::string& text) {
    const auto terms = parse_changes(text, "--fail-on");
    REQUIRE(terms.ok());
    return evaluate(terms.value(), comparison).front();
  };
  CHECK(happened("p50>+0%").happened);
  CHECK(happened("p50>+0.1ms").happened);
  CHECK_FALSE(happened("p50<+0%").happened);
  CHECK_FALSE(happened("p50>+500%").happened);
  CHECK_FALSE(happened("p50>+1s").happened);
  CHECK_FALSE(happened("p99.9>+100%").happened);
  CHECK_FALSE(happened("errors>+0.1%").happened);
  CHECK_FALSE(happened("qps<-3%").happened);
  CHECK(happened("p97>+5%").reason == "p97 was not compared");
  CHECK(happened("p50>+0%").reason.find("with 95 % confidence") != std::string::npos);

  const auto terms = parse_changes("p97>+5%,p99>+5%", "--fail-on");
  REQUIRE(terms.ok());
  CHECK(metrics_for(terms.value()).size() == usual_metrics().size() + 1);
}

TEST_CASE("Blocks grow with the correlation between slices") {
  std::mt19937_64 random(9);
  std::normal_distribution<double> noise;
  std::vector<double> white(300), slow(300);
  for (std::size_t i = 0; i < white.size(); ++i) {
    white[i] = noise(random);
    slow[i] = (i == 0 ? 0 : 0.9 * slow[i - 1]) + noise(random);
  }
  CHECK(block_length(white) <= 4);
  CHECK(block_length(slow) >= 10);
  CHECK(block_length(slow) <= 75);
  CHECK(block_length(std::vector<double>(50, 1.0)) == 1);
  CHECK(block_length(std::vector<double>{}) == 1);
}

TEST_CASE("With every slice counted once, figures are those of the whole run") {
  const auto intervals = simulate({.error_ratio = 0.1}, 71);
  Histogram whole;
  for (const auto& interval : intervals) whole.merge(interval.latency);
  const Slices slices(intervals);
  const std::vector<double> once(slices.size(), 1.0);
  for (const auto& metric : usual_metrics())
    if (metric.kind == MetricKind::percentile)
      CHECK(slices.figure(metric, once) ==
            static_cast<double>(whole.percentile(metric.percentile)));
  CHECK(slices.figure({MetricKind::mean}, once).value() == Approx(whole.mean()));
  CHECK(slices.figure(kThroughput, once).value() ==
        Approx(static_cast<double>(whole.count()) / 60));
  CHECK_FALSE(slices.figure({MetricKind::max}, once).has_value());
}

TEST_CASE("A long run is joined into fewer slices without losing answers") {
  const auto intervals = simulate({.seconds = 1300, .rate = 5, .service_ms = 20}, 81);
  const Slices slices(intervals);
  CHECK(slices.size() <= 512);
  double answers = 0;
  for (const auto& interval : intervals) answers += static_cast<double>(interval.latency.count);
  CHECK(slices.answers() == answers);
  CHECK(slices.block_seconds() >= 3);
}

// Minutes long: run it by name to see the error rates that the design rests on.
TEST_CASE("Simulation of false alarms and detections", "[.simulation]") {
  struct Situation {
    const char* name;
    Queue a, b;
  };
  const Situation situations[] = {
      {"load 0.5, 60 s", {60, 1000, 0.5, 0.01}, {60, 1000, 0.5, 0.01}},
      {"load 0.8, 60 s", {60, 1000, 0.8, 0.01}, {60, 1000, 0.8, 0.01}},
      {"load 0.8, 10 s", {10, 1000, 0.8, 0.01}, {10, 1000, 0.8, 0.01}},
      {"load 0.5, +5 % service time", {60, 1000, 0.5, 0.01}, {60, 1000, 0.525, 0.02}},
      {"load 0.8, +5 % service time", {60, 1000, 0.8, 0.01}, {60, 1000, 0.84, 0.02}},
      {"load 0.5, 10 s, +20 %", {10, 1000, 0.5, 0.01}, {10, 1000, 0.6, 0.03}}};
  constexpr int kPairs = 200;
  std::uint64_t seed = 1;
  for (const auto& situation : situations) {
    std::printf("%-28s", situation.name);
    const auto different = verdicts(situation.a, situation.b, kPairs, seed, 1000);
    const auto metrics = usual_metrics();
    for (std::size_t m = 0; m < metrics.size(); ++m)
      std::printf(" %s %.2f", metrics[m].name().c_str(), different[m] / double{kPairs});
    std::printf("\n");
    seed += 2 * kPairs;
  }
}

}  // namespace weft::stats
