#include "lib/perf/objectives.h"

#include <catch2/catch.hpp>

using weft::perf::judge;

namespace {

weft::smp::Run run_of(std::initializer_list<std::uint64_t> latencies_ns) {
  weft::stats::Histogram histogram;
  for (const auto ns : latencies_ns) histogram.record(ns);
  weft::smp::Run run;
  run.latency = weft::smp::Distribution::of(std::move(histogram));
  run.counts.completed = latencies_ns.size();
  run.actual_qps = 1000;
  return run;
}

std::vector<weft::perf::Judged> judge_text(std::string_view text, const weft::smp::Run& run) {
  return judge(weft::stats::parse_objectives(text, "--slo").value(), run);
}

}  // namespace

TEST_CASE("each objective gets the measured value and its own verdict") {
  weft::smp::Run run = run_of({1'000, 2'000, 1'500});
  run.counts.errors["timeout"] = 1;
  const auto judged = judge_text("p50<2us,max<=1us,errors<30%,qps>=1000,qps>1000", run);
  REQUIRE(judged.size() == 5);
  CHECK(judged[0].met);
  CHECK(judged[0].value == 1'500.0);
  CHECK_FALSE(judged[1].met);
  CHECK(judged[1].value == 2'000.0);
  CHECK(judged[2].met);
  CHECK(judged[2].value == Approx(0.25));
  CHECK(judged[3].met);
  CHECK_FALSE(judged[4].met);
  CHECK_FALSE(weft::perf::all_met(judged));
}

TEST_CASE("an objective about something the run does not tell is not met") {
  const auto judged = judge_text("p99<1h,lag<1h,errors<100%", weft::smp::Run{});
  for (const auto& one : judged) {
    CHECK_FALSE(one.value);
    CHECK_FALSE(one.met);
  }
}
