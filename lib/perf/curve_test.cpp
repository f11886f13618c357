#include "lib/perf/curve.h"

#include <catch2/catch.hpp>

namespace weft::perf {
namespace {

// A queue of one server with 1000/s: the mean response is 1 / (1000 - rate) seconds, so that power
// is greatest at 500/s; the median is the mean times ln 2 and doubles at (1000 + lightest) / 2.
Step queue(const StepPlan& plan) {
  Step step{.plan = plan};
  const double rate = plan.qps.value_or(990);
  const double response = rate < 1000 ? 1e9 / (1000 - rate) : 5e8;
  step.achieved = std::min(rate, 1000.0);
  step.mean_ns = response;
  step.p50_ns = response * 0.693;
  for (int i = 0; i < 5; ++i) {
    stats::Histogram latency;
    for (int k = 0; k < 100; ++k)
      latency.record(static_cast<std::uint64_t>(response * (0.386 + 0.0124 * (k % 100))));
    stats::Interval interval;
    interval.start_s = i;
    interval.duration_s = 1;
    interval.completed = interval.planned = static_cast<std::uint64_t>(step.achieved);
    interval.latency = latency.sparse();
    step.intervals.push_back(std::move(interval));
  }
  return step;
}

}  // namespace

TEST_CASE("the bend of a queue lies where its power is greatest") {
  const auto curve = trace({}, queue);
  REQUIRE(curve.ok());
  CHECK(curve->steps.size() == 10);
  CHECK(curve->closed);
  REQUIRE(curve->power);
  CHECK(curve->power->rate == Approx(500).epsilon(0.05));
  CHECK(curve->power->low <= curve->power->rate);
  CHECK(curve->power->rate <= curve->power->high);
  REQUIRE(curve->doubled);
  CHECK(curve->doubled->rate == Approx(1000 - (1000 - 108.9) / 2).epsilon(0.05));
}

TEST_CASE("given rates are taken as they are, and a flat curve has no bend") {
  const auto curve = trace({.rates = {10, 20, 30, 40}}, queue);
  REQUIRE(curve.ok());
  CHECK(!curve->closed);
  CHECK(!curve->power);
  CHECK(!curve->doubled);
  CHECK(curve->steps.back().plan.qps == 40);
}

TEST_CASE("steps too short for an interval are refused") {
  CHECK(trace({.step = std::chrono::seconds(3)}, queue).error().code == base::ExitCode::usage);
}

TEST_CASE("an interrupted sweep ends with what it has") {
  int left = 4;
  const auto curve = trace({.rates = {10, 20, 30, 40, 50}}, [&](const StepPlan& plan) {
    Step step = queue(plan);
    step.interrupted = --left == 0;
    return step;
  });
  REQUIRE(curve.ok());
  CHECK(curve->interrupted);
  CHECK(curve->steps.size() == 4);
}

}  // namespace weft::perf
