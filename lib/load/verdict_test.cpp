#include "lib/load/verdict.h"

#include <catch2/catch.hpp>

using namespace weft;
using load::Outcome;
using load::Verdict;

namespace {

// 1000 requests of 2 ms, of which `late` left 1 ms late.
Outcome open_loop(std::uint64_t late) {
  Outcome outcome;
  outcome.planned = outcome.sent = outcome.completed = 1000;
  outcome.latency.record(2'000'000, 1000);
  if (late > 0) outcome.generator_lag.record(1'000'000, late);
  outcome.generator_lag.record(10'000, 1000 - late);
  return outcome;
}

Verdict verdict(Outcome outcome, bool is_open_loop = true) {
  load::judge(outcome, is_open_loop);
  CHECK(outcome.reasons.empty() == (outcome.verdict == Verdict::valid));
  return outcome.verdict;
}

}  // namespace

TEST_CASE("a deadline is missed after 100 us, or 5 % of the median where that is more") {
  CHECK(load::missed_after_ns(open_loop(0)) == 100'000);
  Outcome slow;
  slow.latency.record(1'000'000'000);
  CHECK(load::missed_after_ns(slow) == Approx(50'000'000).epsilon(0.001));
}

TEST_CASE("few late sends are valid, 1 % are suspect, 10 % are invalid") {
  CHECK(verdict(open_loop(9)) == Verdict::valid);
  CHECK(verdict(open_loop(20)) == Verdict::suspect);
  CHECK(verdict(open_loop(101)) == Verdict::invalid);
  Outcome outcome = open_loop(101);
  outcome.cpu_wait_percent = 30;
  load::judge(outcome, true);
  CHECK(outcome.missed_deadlines == 101);
  REQUIRE(outcome.reasons.size() == 2);
  CHECK(outcome.reasons[0].find("the generator was the bottleneck") != std::string::npos);
  CHECK(outcome.reasons[1].find("CPU that was not there") != std::string::npos);
}

TEST_CASE("a handful of late sends is no evidence") {
  Outcome outcome;
  outcome.planned = outcome.sent = outcome.completed = 10;
  outcome.latency.record(2'000'000, 10);
  outcome.generator_lag.record(1'000'000, 4);
  outcome.generator_lag.record(10'000, 6);
  CHECK(verdict(outcome) == Verdict::valid);
  outcome.generator_lag.record(1'000'000, 1);
  CHECK(verdict(outcome) == Verdict::invalid);
}

TEST_CASE("lateness that is much of the latency is suspect before it misses deadlines") {
  Outcome outcome = open_loop(0);
  outcome.latency.clear();
  outcome.latency.record(500'000, 1000);
  CHECK(verdict(outcome) == Verdict::valid);
  outcome.generator_lag.record(70'000, 50);
  CHECK(verdict(outcome) == Verdict::suspect);
}

TEST_CASE("requests that were never sent are held against whoever was too slow") {
  Outcome outcome = open_loop(0);
  outcome.skipped = 500;
  outcome.planned += 500;
  outcome.busy_percent = 20;
  CHECK(verdict(outcome) == Verdict::suspect);
  outcome.busy_percent = 99;
  CHECK(verdict(outcome) == Verdict::invalid);
  outcome.busy_percent = 20;
  outcome.cpu_wait_percent = 50;
  CHECK(verdict(outcome) == Verdict::invalid);
}

TEST_CASE("a generator without a CPU for a fifth of the time measured itself") {
  Outcome outcome = open_loop(0);
  outcome.elapsed = std::chrono::seconds(10);
  outcome.cpu_wait_percent = 10;
  CHECK(verdict(outcome) == Verdict::valid);
  outcome.cpu_wait_percent = 25;
  CHECK(verdict(outcome) == Verdict::invalid);
  outcome.elapsed = std::chrono::milliseconds(10);
  CHECK(verdict(outcome) == Verdict::valid);
}

TEST_CASE("a closed loop whose generator had no CPU left says so") {
  Outcome outcome = open_loop(0);
  outcome.busy_percent = 50;
  CHECK(verdict(outcome, false) == Verdict::valid);
  outcome.busy_percent = 98;
  CHECK(verdict(outcome, false) == Verdict::suspect);
  outcome.busy_percent = 50;
  outcome.cpu_wait_percent = 40;
  CHECK(verdict(outcome, false) == Verdict::suspect);
  judge(outcome, false);
  CHECK_THAT(outcome.reasons.front(), Catch::Contains("other programs had its CPU"));
}

TEST_CASE("a run without answers measured nothing") {
  Outcome outcome;
  outcome.planned = outcome.sent = 5;
  CHECK(verdict(outcome) == Verdict::invalid);
  outcome.interrupted = true;
  CHECK(verdict(outcome) == Verdict::valid);
}
