#include "lib/perf/repeated.h"

#include <catch2/catch.hpp>

using namespace weft;
using namespace std::chrono_literals;

namespace {

// Ten seconds with latencies around so many microseconds, begun at that second.
smp::Run run_around(std::uint64_t middle_us, int begun) {
  smp::Run run;
  run.setup.urls = {"http://shop/"};
  run.setup.method = "GET";
  run.setup.loop = smp::Loop::open;
  run.setup.requested_qps = 100;
  run.setup.duration = 10s;
  run.started = base::WallTime(std::chrono::seconds(begun));
  run.ended = *run.started + 10s;
  run.counts.completed = 1000;
  run.actual_qps = 100;
  stats::Histogram all;
  for (unsigned i = 0; i < 1000; ++i) all.record((middle_us + i % 50) * 1000);
  run.latency = smp::Distribution::of(std::move(all));
  return run;
}

const stats::Difference& p99_of(const perf::Repeated& repeated) {
  for (const auto& difference : repeated.comparison.others[0].figures.differences)
    if (difference.metric.name() == "p99") return difference;
  FAIL("p99 was not compared");
  return repeated.comparison.others[0].figures.differences[0];
}

}  // namespace

TEST_CASE("sides take turns, and which is first changes") {
  CHECK(perf::alternating(3) == std::vector<int>{0, 1, 1, 0, 0, 1});
}

TEST_CASE("a difference beyond that of repeats is one, and fails the gate") {
  const std::vector<smp::Run> a{run_around(1000, 0), run_around(1100, 60), run_around(1050, 80)};
  const std::vector<smp::Run> b{run_around(1300, 20), run_around(1410, 40), run_around(1370, 100)};
  const auto gate = stats::parse_changes("p99>+5%", "--fail-on").value();
  const auto repeated = perf::compare_repeated(a, b, gate);
  REQUIRE(repeated.ok());
  CHECK(repeated->sides[0].counts.completed == 3000);
  CHECK(p99_of(*repeated).verdict == stats::Verdict::worse);
  CHECK(repeated->comparison.failed);
}

TEST_CASE("a difference as large as that of repeats is no evidence") {
  const std::vector<smp::Run> a{run_around(1000, 0), run_around(1300, 60), run_around(1100, 80)};
  const std::vector<smp::Run> b{run_around(1200, 20), run_around(1100, 40), run_around(1250, 100)};
  const auto gate = stats::parse_changes("p99>+5%", "--fail-on").value();
  const auto repeated = perf::compare_repeated(a, b, gate);
  REQUIRE(repeated.ok());
  CHECK(p99_of(*repeated).verdict == stats::Verdict::no_evidence);
  CHECK_FALSE(repeated->comparison.failed);
}
