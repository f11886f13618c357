#include "lib/perf/merge_sums.h"

#include <catch2/catch.hpp>

#include "lib/perf/merge.h"

namespace weft::perf {
namespace {

using namespace std::chrono_literals;

smp::Distribution times(std::initializer_list<std::uint64_t> ns) {
  stats::Histogram histogram;
  for (const std::uint64_t one : ns) histogram.record(one);
  return smp::Distribution::of(std::move(histogram));
}

smp::Run run_of(std::uint64_t answers) {
  smp::Run run;
  run.setup.requested_qps = 100;
  run.setup.connections = 4;
  run.setup.threads = 1;
  run.setup.duration = 10s;
  run.setup.arrival = "uniform";
  run.setup.seed = 7;
  run.counts.planned = run.counts.completed = answers;
  run.counts.statuses = {{"200", answers}};
  run.actual_qps = static_cast<double>(answers) / 10;
  run.latency = run.service_time = times({1'000'000, 2'000'000});
  return run;
}

TEST_CASE("rates and connections of workers add up, the time of repeats does") {
  smp::Run together = run_of(10), repeats = together;
  smp::Run other = run_of(30);
  other.setup.duration = 12s;
  other.setup.seed = 8;
  add_sums(together, other, Manner::together);
  CHECK(together.setup.requested_qps == 200);
  CHECK(together.setup.connections == 8);
  CHECK(together.setup.threads == 2);
  CHECK(together.setup.duration == 12s);
  CHECK(together.actual_qps == 4);
  CHECK_FALSE(together.setup.seed);
  CHECK(together.setup.arrival == "uniform");
  other.setup.connections = 5;
  add_sums(repeats, other, Manner::in_turn);
  CHECK(repeats.setup.requested_qps == 100);
  CHECK_FALSE(repeats.setup.connections);
  CHECK(repeats.setup.duration == 22s);
  CHECK(repeats.counts.completed == 40);
  CHECK(repeats.counts.statuses == std::map<std::string, std::uint64_t>{{"200", 40}});
}

TEST_CASE("what one of two does not know is not known of both") {
  smp::Run sum = run_of(10), other = run_of(20);
  sum.counts.bytes_sent = 5;
  other.counts.skipped = 1;
  other.generator.busy_percent = 40;
  sum.generator.busy_percent = 60;
  other.generator.max_rss_bytes = 9;
  add_sums(sum, other, Manner::together);
  CHECK_FALSE(sum.counts.bytes_sent);
  CHECK_FALSE(sum.counts.skipped);
  CHECK(sum.generator.busy_percent == 60);  // of the worst
  CHECK(sum.generator.max_rss_bytes == 9);
}

TEST_CASE("times are added cell by cell, and told when all are there") {
  smp::Run sum = run_of(2);
  smp::Run other = run_of(2);
  other.latency = times({9'000'000});
  other.service_time.histogram.reset();  // imported, with percentiles only
  add_sums(sum, other, Manner::together);
  settle_sums(sum);
  CHECK(*sum.latency.histogram == *times({1'000'000, 2'000'000, 9'000'000}).histogram);
  CHECK(sum.latency.count == 3);
  CHECK(*sum.latency.max_ms == Approx(9).epsilon(0.001));
  CHECK(sum.service_time.empty());
  smp::Run none = run_of(0);
  none.latency = none.service_time = times({});
  add_sums(none, run_of(2), Manner::together);
  settle_sums(none);
  CHECK(none.latency.count == 2);
}

TEST_CASE("a run without new connections takes nothing from those of others") {
  smp::Run sum = run_of(1), other = run_of(1);
  other.connect_time = times({500'000});
  add_sums(sum, other, Manner::together);
  add_sums(sum, run_of(1), Manner::together);
  settle_sums(sum);
  CHECK(sum.connect_time.count == 1);
}

TEST_CASE("kinds of requests are added by name, labels are those in common") {
  smp::Run sum = run_of(1), other = run_of(1);
  sum.parts["pay"] = {.sent = 2, .completed = 2, .errors = 0, .latency = times({1'000})};
  other.parts["pay"] = {.sent = 3, .completed = 2, .errors = 1, .latency = times({3'000})};
  other.parts["browse"] = {.sent = 5, .completed = 5, .errors = 0, .latency = times({5'000})};
  sum.labels = {{"mesh", "istio"}, {"worker", "1"}};
  other.labels = {{"mesh", "istio"}, {"worker", "2"}, {"node", "a"}};
  sum.generator.verdict = smp::Verdict::valid;
  other.generator.verdict = smp::Verdict::invalid;
  add_sums(sum, other, Manner::together);
  settle_sums(sum);
  CHECK(sum.parts.at("pay").sent == 5);
  CHECK(sum.parts.at("pay").errors == 1);
  CHECK(sum.parts.at("pay").latency.count == 2);
  CHECK(sum.parts.at("browse").latency.count == 1);
  CHECK(sum.labels == smp::Labels{{"mesh", "istio"}});
  CHECK(sum.generator.verdict == smp::Verdict::invalid);
}

}  // namespace
}  // namespace weft::perf
