#include "lib/load/timeline.h"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace weft;

namespace {

constexpr std::uint64_t kSecond = 1'000'000'000;

load::Slice slice_at(std::uint64_t start_ns, std::uint64_t completed) {
  load::Slice slice;
  slice.start_ns = start_ns;
  slice.planned = completed + 1;
  slice.completed = completed;
  slice.errors = 1;
  if (completed > 0) slice.latency.record(1000 + start_ns / kSecond, completed);
  return slice;
}

}  // namespace

TEST_CASE("slices of a second make one interval, whatever their order") {
  load::Timeline timeline;
  timeline.add(slice_at(kSecond, 7));
  timeline.add(slice_at(kSecond / 2, 5));
  timeline.add(slice_at(0, 3));
  const auto intervals = timeline.finish(2 * kSecond);
  REQUIRE(intervals.size() == 2);
  CHECK(intervals[0].start_s == 0);
  CHECK(intervals[0].duration_s == 1);
  CHECK(intervals[0].planned == 10);
  CHECK(intervals[0].completed == 8);
  CHECK(intervals[0].errors == 2);
  CHECK(intervals[0].latency.count == 8);
  CHECK(intervals[1].completed == 7);
}

TEST_CASE("an interval without answers is kept, and what came after the end is in the last") {
  load::Timeline timeline;
  timeline.add(slice_at(0, 1));
  timeline.add(slice_at(2 * kSecond, 2));
  timeline.add(slice_at(3 * kSecond, 4));
  const auto intervals = timeline.finish(2'500'000'000);
  REQUIRE(intervals.size() == 3);
  CHECK(intervals[1].completed == 0);
  CHECK(intervals[2].completed == 6);
  CHECK(intervals[2].duration_s == Approx(0.5));
  CHECK(load::Timeline().finish(0).size() == 1);
}

TEST_CASE("a long run keeps at most 240 intervals and loses nothing") {
  load::Timeline timeline;
  constexpr std::uint64_t kHour = 3600;
  for (std::uint64_t second = 0; second < kHour; ++second)
    timeline.add(slice_at(second * kSecond, 1));
  const auto intervals = timeline.finish(kHour * kSecond);
  CHECK(intervals.size() <= load::Timeline::kMaxIntervals);
  CHECK(intervals.size() > load::Timeline::kMaxIntervals / 2);
  std::uint64_t completed = 0, samples = 0;
  double end = 0;
  for (const auto& interval : intervals) {
    CHECK(interval.start_s == Approx(end));
    end = interval.start_s + interval.duration_s;
    completed += interval.completed;
    samples += interval.latency.count;
  }
  CHECK(end == Approx(kHour));
  CHECK(completed == kHour);
  CHECK(samples == kHour);
}

TEST_CASE("latencies keep their precision, counts and extremes while intervals are joined") {
  load::Timeline timeline;
  stats::Histogram all;
  constexpr std::uint64_t kSeconds = 600;
  for (std::uint64_t second = 0; second < kSeconds; ++second) {
    load::Slice slice;
    slice.start_ns = second * kSecond;
    for (std::uint64_t i = 0; i < 50; ++i)
      slice.latency.record(500 + (second * 7919 + i * i * 104'729) % 40'000'000, 1 + i * i * i);
    all.merge(slice.latency);
    timeline.add(slice);
  }
  stats::SparseHistogram joined;
  std::size_t most_cells = 0;
  for (const auto& interval : timeline.finish(kSeconds * kSecond)) {
    joined.merge(interval.latency);
    most_cells = std::max(most_cells, interval.latency.cells.size());
  }
  const stats::Histogram again(joined);
  CHECK(again.count() == all.count());
  CHECK(again.min() == all.min());
  CHECK(again.max() == all.max());
  CHECK(again.mean() == Approx(all.mean()));
  for (const double p : {1.0, 50.0, 99.0, 99.9})
    CHECK(static_cast<double>(again.percentile(p)) ==
          Approx(static_cast<double>(all.percentile(p))).epsilon(0.008));
  // Joining leaves none of the cells that the extremes of single slices had.
  CHECK(most_cells < 200);
}

TEST_CASE("a worker goes on with its slice until the reader has given the other back") {
  load::SliceHandover handover;
  handover.current().completed = 1;
  CHECK(handover.hand_over());
  handover.current().completed = 2;
  CHECK_FALSE(handover.hand_over());  // the first is not read yet
  handover.current().completed += 3;
  std::uint64_t seen = 0;
  const auto read = [&] {
    handover.read([&](const load::Slice& slice) { seen = slice.completed; });
  };
  read();
  CHECK(seen == 1);
  CHECK(handover.hand_over());
  CHECK(handover.current().completed == 0);
  read();
  CHECK(seen == 5);
  seen = 0;
  read();
  CHECK(seen == 0);
}
