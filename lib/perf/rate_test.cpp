#include "lib/perf/rate.h"

#include <catch2/catch.hpp>

using namespace weft;
using namespace std::chrono_literals;
using perf::parse_rate;

namespace {

load::Plan planned(std::string_view text, std::optional<base::Nanoseconds> duration = {}) {
  load::Plan plan;
  plan.duration = duration;
  const auto rate = parse_rate(text);
  REQUIRE(rate.ok());
  const auto set = perf::set_pace(*rate, plan);
  if (!set.ok()) FAIL(set.error().message);
  return plan;
}

std::string trace_error(std::string_view text) {
  const auto times = perf::parse_trace(text, "times.txt");
  return times.ok() ? "" : times.error().message;
}

}  // namespace

TEST_CASE("a rate is a number, max, a ramp, steps, stages or a wave") {
  CHECK(parse_rate("max")->unlimited());
  CHECK(parse_rate("0.5")->qps == 0.5);
  using Stages = std::vector<perf::RateStage>;
  CHECK(parse_rate("100..1000")->stages == Stages{{100, 1000, {}}});
  CHECK(parse_rate("100,200")->stages == Stages{{100, 100, {}}, {200, 200, {}}});
  CHECK(parse_rate("0@5s,10..20@1m30s")->stages == Stages{{0, 0, 5s}, {10, 20, 90s}});
  CHECK(parse_rate("sine:100..500/30s")->endless);
}

TEST_CASE("what is not a rate is refused with the forms there are") {
  for (const std::string_view text : {"",
                                      "0",
                                      "-1",
                                      "1e9",
                                      "nan",
                                      "fast",
                                      "0..0",
                                      "0,0",
                                      "1..",
                                      "..1",
                                      "1,,2",
                                      "1@",
                                      "1@0s",
                                      "1@-5s",
                                      "1@x",
                                      "1..2..3",
                                      "sine:",
                                      "sine:5/1s",
                                      "sine:5..1/1s",
                                      "sine:1..5",
                                      "sine:1..5/0s",
                                      "sine:1..5/1us"}) {
    INFO(text);
    const auto rate = parse_rate(text);
    REQUIRE_FALSE(rate.ok());
    CHECK_THAT(rate.error().message, Catch::Contains("is not a rate"));
  }
}

TEST_CASE("stages give the length of the run, or share it") {
  CHECK(planned("100..1000").duration == perf::kDefaultDuration);
  CHECK(planned("100..1000", 60s).qps == Approx(550));
  const auto stages = planned("100@10s,1000@1s");
  CHECK(stages.duration == 11s);
  CHECK(stages.qps == Approx(2000 / 11.0));
  const auto shared = planned("100,200@5s,400", 15s);
  CHECK(shared.pace.expected(5e9) == Approx(500));
  CHECK(shared.pace.expected(10e9) == Approx(1500));
  CHECK(shared.pace.expected(15e9) == Approx(3500));
  CHECK(planned("sine:100..500/1s").duration == perf::kDefaultDuration);
  // The stages begin again.
  CHECK(planned("100@10s,1000@1s", 22s).pace.expected(22e9) == Approx(4000));
}

TEST_CASE("stages that leave no time to the others are refused") {
  load::Plan plan;
  plan.duration = 5s;
  const auto set = perf::set_pace(*parse_rate("100@5s,200"), plan);
  REQUIRE_FALSE(set.ok());
  CHECK_THAT(set.error().message, Catch::Contains("leave nothing of 5s"));
}

TEST_CASE("a trace is read with its comments, and refused with the line") {
  const auto times = perf::parse_trace("# seconds\n0\n0.25  # first\n\n0.25\r\n1e1\n", "times.txt");
  REQUIRE(times.ok());
  CHECK(*times == std::vector<std::uint64_t>{0, 250'000'000, 250'000'000, 10'000'000'000});
  CHECK_THAT(trace_error("0\n1\n0.5\n"), Catch::Contains("times.txt:3: the time before is later"));
  CHECK_THAT(trace_error("0\nsoon\n"), Catch::Contains("times.txt:2: 'soon'"));
  CHECK_THAT(trace_error("-1"), Catch::Contains("times.txt:1: '-1'"));
  CHECK_THAT(trace_error("1e300"), Catch::Contains("0 to 30 days"));
  CHECK_THAT(trace_error("# nothing\n"), Catch::Contains("has no times"));
}

TEST_CASE("a trace gives rate and duration where nothing else does") {
  load::Plan plan;
  perf::set_trace({0, 500'000'000, 999'000'000}, plan);
  CHECK(plan.duration == 1s);
  CHECK(plan.qps == Approx(3));
  CHECK(plan.trace.size() == 3);
}
