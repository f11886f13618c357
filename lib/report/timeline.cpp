#include "lib/report/timeline.h"

#include <algorithm>

namespace weft::report {
namespace {

Slice slice_of(std::span<const stats::Interval> intervals, stats::Histogram& latency) {
  Slice slice;
  latency.clear();
  double seconds = 0;
  for (const auto& interval : intervals) {
    seconds += interval.duration_s;
    slice.planned += static_cast<double>(interval.planned);
    slice.completed += static_cast<double>(interval.completed);
    slice.errors += static_cast<double>(interval.errors);
    latency.merge(interval.latency);
  }
  slice.start_s = intervals.front().start_s;
  slice.end_s = intervals.back().start_s + intervals.back().duration_s;
  for (double* rate : {&slice.planned, &slice.completed, &slice.errors})
    *rate = seconds > 0 ? *rate / seconds : 0;
  slice.answered = latency.count() != 0;
  slice.p50_ms = static_cast<double>(latency.percentile(50)) / 1e6;
  slice.p99_ms = static_cast<double>(latency.percentile(99)) / 1e6;
  slice.max_ms = static_cast<double>(latency.max()) / 1e6;
  return slice;
}

}  // namespace

std::vector<Slice> timeline(std::span<const stats::Interval> intervals, std::size_t most) {
  std::vector<Slice> slices;
  if (intervals.empty() || most == 0) return slices;
  const std::size_t size = (intervals.size() + most - 1) / most;
  stats::Histogram latency;
  for (std::size_t begin = 0; begin < intervals.size();) {
    std::size_t end = std::min(begin + size, intervals.size());
    double left = 0;
    for (const auto& interval : intervals.subspan(end)) left += interval.duration_s;
    double here = 0;
    for (const auto& interval : intervals.subspan(begin, end - begin)) here += interval.duration_s;
    if (left < here / 2) end = intervals.size();
    slices.push_back(slice_of(intervals.subspan(begin, end - begin), latency));
    begin = end;
  }
  return slices;
}

}  // namespace weft::report
