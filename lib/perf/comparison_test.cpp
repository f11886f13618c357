#include "lib/perf/comparison.h"

#include <catch2/catch.hpp>

using weft::perf::compare_runs;
using weft::smp::Run;

namespace {

// A minute of slices; latencies scatter a little around `middle_us`.
Run run_around(std::uint64_t middle_us) {
  Run run;
  run.setup.requested_qps = 100;
  run.setup.connections = 8;
  run.counts.completed = 6000;
  run.counts.planned = 6000;
  run.actual_qps = 100;
  weft::stats::Histogram all;
  for (unsigned second = 0; second < 60; ++second) {
    weft::stats::Histogram slice;
    for (unsigned i = 0; i < 100; ++i)
      slice.record((middle_us + (second * 7 + i * 13) % 50) * 1000);
    all.merge(slice);
    run.intervals.push_back({static_cast<double>(second), 1.0, 100, 100, 0, slice.sparse()});
  }
  run.latency = weft::smp::Distribution::of(std::move(all));
  return run;
}

std::vector<weft::stats::Term> changes(std::string_view text) {
  return weft::stats::parse_changes(text, "--fail-on").value();
}

}  // namespace

TEST_CASE("a clear slow-down fails the gate, no difference does not") {
  const std::vector<Run> runs{run_around(1000), run_around(1000), run_around(2000)};
  const auto comparison = compare_runs(runs, changes("p99>+5%"));
  REQUIRE(comparison.others.size() == 2);
  CHECK_FALSE(comparison.others[0].changes[0].happened);
  CHECK(comparison.others[1].changes[0].happened);
  CHECK(comparison.failed);
  CHECK_FALSE(comparison.invalid);
}

TEST_CASE("a large difference without slices over time is no evidence") {
  std::vector<Run> runs{run_around(1000), run_around(2000)};
  for (auto& run : runs) run.intervals.clear();
  const auto comparison = compare_runs(runs, changes("p99>+5%"));
  CHECK_FALSE(comparison.failed);
  for (const auto& difference : comparison.others[0].figures.differences) {
    CHECK(difference.verdict == weft::stats::Verdict::no_evidence);
    CHECK_FALSE(difference.reason.empty());
  }
}

TEST_CASE("what differs in the set-up is said, what is unknown is not") {
  Run a = run_around(1000), b = run_around(1000);
  CHECK(weft::perf::caveats(a, b).empty());
  b.setup.connections = 16;
  b.setup.requested_qps.reset();
  b.setup.unthrottled = true;
  b.setup.protocol = "h2";
  b.interrupted = true;
  CHECK(weft::perf::caveats(a, b) ==
        std::vector<std::string>{"the other run was interrupted",
                                 "requested rate differs: 100 req/s against as fast as possible",
                                 "connections differs: 8 against 16"});
}

TEST_CASE("an invalid run is named and marks the comparison") {
  std::vector<Run> runs{run_around(1000), run_around(1000)};
  runs[1].generator.verdict = weft::smp::Verdict::invalid;
  runs[1].generator.reasons = {"starved"};
  const auto comparison = compare_runs(runs, {});
  CHECK(comparison.invalid);
  CHECK(comparison.others[0].caveats ==
        std::vector<std::string>{"the other run is invalid: starved"});
}

TEST_CASE("the document of a comparison carries each difference with unit and verdict") {
  std::vector<Run> runs{run_around(1000), run_around(2000)};
  runs[0].id = "a";
  runs[1].id = "b";
  const auto document = comparison_to_json(runs, compare_runs(runs, changes("p99>+5%")));
  CHECK(document.find("schema")->string() == "weft.perf-comparison/v1");
  CHECK(document.find("failed")->boolean());
  const auto& other = document.find("against_first")->items()[0];
  CHECK(other.find("id")->string() == "b");
  const auto& first = other.find("differences")->items()[0];
  CHECK(first.find("metric")->string() == "p50");
  CHECK(first.find("a_us")->number() == Approx(1025).epsilon(0.02));
  CHECK(first.find("b_us")->number() == Approx(2025).epsilon(0.02));
  CHECK(first.find("verdict")->string() == "worse");
  CHECK(other.find("fail_on")->items()[0].find("happened")->boolean());
}
