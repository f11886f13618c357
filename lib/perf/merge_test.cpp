#include "lib/perf/merge.h"

#include <catch2/catch.hpp>

namespace weft::perf {
namespace {

using std::chrono::seconds;

// `count` answers of `ms` each second for 10 s, from second `start` on.
smp::Run worker(std::uint64_t count, double ms, int start) {
  smp::Run run;
  run.id = "w" + std::to_string(count) + (start == 0 ? "" : "@" + std::to_string(start));
  run.started = base::WallTime(seconds(1'772'366'400 + start));
  run.ended = *run.started + seconds(10);
  run.setup.urls = {"http://shop/"};
  run.setup.loop = smp::Loop::open;
  run.setup.requested_qps = static_cast<double>(count);
  run.setup.connections = 8;
  run.counts.planned = run.counts.completed = count * 10;
  run.counts.errors = {{"reset", 1}};
  run.actual_qps = static_cast<double>(count);
  run.generator.verdict = smp::Verdict::valid;
  run.labels = {{"mesh", "istio"}, {"worker", run.id}};
  stats::Histogram all;
  for (int i = 0; i < 10; ++i) {
    stats::Histogram second;
    second.record(static_cast<std::uint64_t>(ms * 1e6), count);
    all.merge(second);
    run.intervals.push_back({static_cast<double>(i), 1, count, count, 0, second.sparse()});
  }
  run.latency = run.service_time = smp::Distribution::of(all);
  return run;
}

}  // namespace

TEST_CASE("workers of one run add up cell by cell") {
  std::vector<smp::Run> runs{worker(100, 2, 0), worker(300, 4, 0)};
  runs[1].generator.verdict = smp::Verdict::suspect;
  runs[1].generator.reasons = {"late"};
  const auto whole = merge(runs);
  REQUIRE(whole.ok());
  stats::Histogram sum = *runs[0].latency.histogram;
  sum.merge(*runs[1].latency.histogram);
  CHECK(*whole->latency.histogram == sum);
  CHECK(*whole->latency.percentile_ms(25) == Approx(2).epsilon(0.001));
  CHECK(*whole->latency.percentile_ms(26) == Approx(4).epsilon(0.001));
  CHECK(whole->setup.requested_qps == 400);
  CHECK(whole->setup.connections == 16);
  CHECK(whole->actual_qps == 400);
  CHECK(whole->counts.completed == 4000);
  CHECK(whole->counts.errors.at("reset") == 2);
  CHECK(whole->generator.verdict == smp::Verdict::suspect);
  CHECK(whole->generator.reasons == std::vector<std::string>{"w300: late"});
  CHECK(whole->labels == smp::Labels{{"mesh", "istio"}});
  REQUIRE(whole->intervals.size() == 10);
  CHECK(whole->intervals[3].completed == 400);
  CHECK(whole->intervals[3].latency.count == 400);
  CHECK(whole->warnings.back() == "merged from 2 workers that ran at the same time");
}

TEST_CASE("repeats follow each other, their times add up") {
  const std::vector<smp::Run> runs{worker(100, 2, 0), worker(100, 4, 60)};
  const auto whole = merge(runs);
  REQUIRE(whole.ok());
  CHECK(whole->setup.requested_qps == 100);
  CHECK(*whole->actual_qps == Approx(100));
  CHECK(whole->counts.completed == 2000);
  CHECK(whole->intervals.size() == 20);
  CHECK(whole->intervals[10].start_s == 60);
}

TEST_CASE("what cannot be added up is refused by name") {
  smp::Run coarse = worker(100, 2, 0);
  coarse.latency.histogram.reset();
  const auto refusal = [](const smp::Run& other) {
    const auto merged = merge(std::vector{worker(200, 2, 0), other});
    REQUIRE(!merged.ok());
    CHECK(merged.error().code == base::ExitCode::input);
    return merged.error().message;
  };
  CHECK(refusal(coarse) == "w100 cannot be merged: its percentiles cannot be added up");
  smp::Run elsewhere = worker(100, 2, 0);
  elsewhere.setup.urls = {"http://cart/"};
  CHECK(refusal(elsewhere) == "w100 cannot be merged: it measures something else than the first");
  CHECK(refusal(worker(100, 2, 5)) ==
        "w100@5 cannot be merged: only a part of its time is that of w200");
  CHECK(refusal(worker(200, 2, 0)) == "w200 cannot be merged: it is named twice");
  CHECK(merge(std::vector{worker(1, 2, 0)}).error().code == base::ExitCode::usage);
}

}  // namespace weft::perf
