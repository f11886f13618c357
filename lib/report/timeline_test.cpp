#include "lib/report/timeline.h"

#include <catch2/catch.hpp>

namespace weft::report {
namespace {

stats::Interval second(double start, double length, std::uint64_t completed, std::uint64_t ns) {
  stats::Histogram latency;
  if (completed != 0) latency.record(ns, completed);
  return {start, length, completed + 1, completed, 1, latency.sparse()};
}

TEST_CASE("a slice has rates per second and the latency of its answers") {
  const auto slices = timeline(std::vector{second(0, 0.5, 100, 2'000'000)}, 10);
  REQUIRE(slices.size() == 1);
  CHECK(slices[0].completed == 200);
  CHECK(slices[0].planned == 202);
  CHECK(slices[0].errors == 2);
  CHECK(slices[0].p99_ms == Approx(2).epsilon(0.001));
  CHECK(slices[0].middle_s() == 0.25);
}

TEST_CASE("a slice without answers says so") {
  const auto slices = timeline(std::vector{second(0, 1, 0, 0)}, 10);
  CHECK_FALSE(slices.at(0).answered);
  CHECK(slices.at(0).p50_ms == 0);
}

TEST_CASE("neighbours are merged down to what a chart can show") {
  std::vector<stats::Interval> hour;
  for (int i = 0; i < 3600; ++i) hour.push_back(second(i, 1, 10, 1'000'000));
  const auto slices = timeline(hour, 120);
  CHECK(slices.size() == 120);
  CHECK(slices[0].completed == 10);
  CHECK(slices.back().end_s == 3600);
}

TEST_CASE("a short last interval joins the one before") {
  const auto slices = timeline(
      std::vector{second(0, 1, 10, 1000), second(1, 1, 10, 1000), second(2, 0.1, 9, 1000)}, 10);
  REQUIRE(slices.size() == 2);
  CHECK(slices[1].end_s == Approx(2.1));
  CHECK(slices[1].completed == Approx(19 / 1.1));
  CHECK(timeline({}, 10).empty());
}

}  // namespace
}  // namespace weft::report
