#include "lib/perf/search.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>
#include <random>

namespace weft::perf {
namespace {

// A queue with one server whose mean capacity is 2500/s and drifts by 3 % with a memory of 30 s.
// Of the answers at rate r, exp(-(2500 - r) * t) take longer than t: 1 % at 1971/s for 8.705 ms.
class Queue {
 public:
  explicit Queue(std::uint64_t seed) : random_(seed) {}

  Step serve(const StepPlan& plan, const std::vector<Limit>& limits) {
    load::Outcome outcome;
    if (!plan.qps) {
      outcome.completed = 2500;
      outcome.elapsed = std::chrono::seconds(1);
      return step_of(plan, outcome, limits);
    }
    run(*plan.qps, plan.settle, nullptr);
    run(*plan.qps, plan.duration, &outcome);
    backlog_ = 0;  // the engine lets the queue drain between steps
    return step_of(plan, outcome, limits);
  }

  double seconds = 0;

 private:
  void run(double qps, base::Nanoseconds time, load::Outcome* outcome) {
    const auto whole =
        static_cast<int>(std::chrono::duration_cast<std::chrono::seconds>(time).count());
    for (int second = 0; second < std::max(whole, 1); ++second) {
      const double keep = std::exp(-1 / 30.0);
      drift_ = keep * drift_ + std::sqrt(1 - keep * keep) * 0.03 * normal_(random_);
      std::exponential_distribution<double> gap(qps), work(2500 * (1 + drift_));
      latency_.clear();
      for (double now = gap(random_); now < 1; now += gaps_) {
        gaps_ = gap(random_);
        const double took = backlog_ + work(random_);
        latency_.record(static_cast<std::uint64_t>(took * 1e9));
        backlog_ = std::max(0.0, took - gaps_);
      }
      if (outcome == nullptr) continue;
      stats::Interval interval;
      interval.duration_s = 1;
      interval.completed = latency_.count();
      interval.latency = latency_.sparse();
      outcome->intervals.push_back(std::move(interval));
      outcome->latency.merge(latency_);
      outcome->completed += latency_.count();
      outcome->sent += latency_.count();
      outcome->elapsed += std::chrono::seconds(1);
    }
    seconds += std::max(whole, 1);
  }

  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  stats::Histogram latency_;
  double drift_ = 0;
  double backlog_ = 0;
  double gaps_ = 0;
};

std::vector<Limit> limits(const char* text) {
  auto terms = stats::parse_objectives(text, "--slo");
  REQUIRE(terms.ok());
  auto found = limits_of(*terms);
  REQUIRE(found.ok());
  return *std::move(found);
}

// A target that keeps its objective up to a rate and breaks it far above.
Step cliff(const StepPlan& plan, double edge) {
  Step step{.plan = plan};
  step.achieved = plan.qps.value_or(edge);
  step.misses = {{step.achieved, step.achieved > edge ? 0.5 : 0.0, 1000}};
  return step;
}

}  // namespace

TEST_CASE("a search finds the rate of a drifting queue within a few percent") {
  SearchOptions options{.limits = limits("p99<8.705ms"), .hold = std::chrono::seconds(10)};
  double square = 0, time = 0;
  constexpr int kRuns = 10;
  for (int run = 0; run < kRuns; ++run) {
    Queue queue(static_cast<std::uint64_t>(run) + 1);
    const auto found =
        search(options, [&](const StepPlan& plan) { return queue.serve(plan, options.limits); });
    REQUIRE(found.ok());
    REQUIRE(found->estimate);
    const double off = found->estimate->rate / 1971 - 1;
    square += off * off;
    time += queue.seconds;
    CHECK(found->estimate->low < found->estimate->high);
    if (found->verified) CHECK(*found->verified <= found->estimate->rate);
  }
  CHECK(std::sqrt(square / kRuns) < 0.05);
  CHECK(time / kRuns < 230);
}

TEST_CASE("Simulation of searches: how many are within 5 % after three minutes", "[.simulation]") {
  SearchOptions options{.limits = limits("p99<8.705ms"), .hold = std::chrono::seconds(10)};
  constexpr int kRuns = 200;
  int close = 0;
  double time = 0;
  for (int run = 0; run < kRuns; ++run) {
    Queue queue(static_cast<std::uint64_t>(run) + 1000);
    const auto found =
        search(options, [&](const StepPlan& plan) { return queue.serve(plan, options.limits); });
    REQUIRE(found.ok());
    REQUIRE(found->estimate);
    close += std::abs(found->estimate->rate / 1971 - 1) <= 0.05;
    time += queue.seconds;
  }
  std::printf("%d of %d within 5 %%, %.0f s on average, holds included\n", close, kRuns,
              time / kRuns);
}

TEST_CASE("what is verified held its objective, and is below what broke it") {
  SearchOptions options{.limits = limits("p99<10ms")};
  const auto found = search(options, [](const StepPlan& plan) { return cliff(plan, 800); });
  REQUIRE(found.ok());
  REQUIRE(found->verified);
  CHECK(*found->verified <= 800);
  CHECK(*found->verified > 800 * 0.85);
  CHECK(found->steps.back().plan.phase == Phase::hold);
  CHECK(found->steps.back().plan.settle + found->steps.back().plan.duration == options.hold);
}

TEST_CASE("a target that keeps its objective at every rate is held at the highest that was tried") {
  const auto found = search({.limits = limits("error<1%")}, [](const StepPlan& plan) {
    Step step = cliff(plan, 1e9);
    if (!plan.qps) step.achieved = 1000;
    return step;
  });
  REQUIRE(found.ok());
  CHECK(!found->estimate);
  CHECK(*found->verified == Approx(1200));
}

TEST_CASE("an objective that no rate keeps is said to be so, after few steps") {
  const auto found = search({.limits = limits("p50<1us")}, [](const StepPlan& plan) {
    Step step = cliff(plan, 0);
    step.achieved = plan.qps.value_or(5000);
    step.misses[0].share = 1;
    return step;
  });
  REQUIRE(found.ok());
  CHECK(!found->verified);
  CHECK(found->steps.size() < 12);
}

TEST_CASE("rates at which the generator is late do not count for the target") {
  const auto found = search({.limits = limits("p99<10ms")}, [](const StepPlan& plan) {
    Step step = cliff(plan, 5000);
    if (plan.qps && *plan.qps > 3000) step.verdict = load::Verdict::invalid;
    return step;
  });
  REQUIRE(found.ok());
  CHECK(found->generator_limited);
  REQUIRE(found->verified);
  CHECK(*found->verified <= 3000);
  CHECK(*found->verified > 2400);
}

TEST_CASE("an interruption ends a search without a verified rate") {
  int left = 7;
  const auto found = search({.limits = limits("p99<10ms")}, [&](const StepPlan& plan) {
    Step step = cliff(plan, 800);
    step.interrupted = --left == 0;
    return step;
  });
  REQUIRE(found.ok());
  CHECK(found->interrupted);
  CHECK(found->steps.size() == 7);
  CHECK(!found->verified);
}

TEST_CASE("objectives that bound no share of the requests are refused") {
  for (const char* text : {"mean<1ms", "qps>100", "p99>1ms"}) {
    const auto terms = stats::parse_objectives(text, "--slo");
    REQUIRE(terms.ok());
    CHECK(limits_of(*terms).error().code == base::ExitCode::usage);
  }
  CHECK(search({}, {}).error().code == base::ExitCode::usage);
}

}  // namespace weft::perf
