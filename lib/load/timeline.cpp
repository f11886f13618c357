#include "lib/load/timeline.h"

#include <algorithm>

namespace weft::load {
namespace {

void join(stats::Interval& into, const stats::Interval& next) {
  into.planned += next.planned;
  into.completed += next.completed;
  into.errors += next.errors;
  into.latency.merge(next.latency);
}

}  // namespace

void Timeline::add(const Slice& slice) {
  while (slice.start_ns / width_ns_ >= kMaxIntervals) join_neighbours();
  const std::size_t index = slice.start_ns / width_ns_;
  if (intervals_.size() <= index) intervals_.resize(index + 1);
  stats::Interval& interval = intervals_[index];
  interval.planned += slice.planned;
  interval.completed += slice.completed;
  interval.errors += slice.errors;
  interval.latency.merge(slice.latency.coarse());
}

void Timeline::join_neighbours() {
  for (std::size_t i = 0; i < intervals_.size(); ++i) {
    if (i % 2 == 1)
      join(intervals_[i / 2], intervals_[i]);
    else if (i > 0)
      intervals_[i / 2] = std::move(intervals_[i]);
  }
  intervals_.resize((intervals_.size() + 1) / 2);
  width_ns_ *= 2;
}

std::vector<stats::Interval> Timeline::finish(std::uint64_t elapsed_ns) {
  elapsed_ns = std::max<std::uint64_t>(elapsed_ns, 1);
  while ((elapsed_ns - 1) / width_ns_ >= kMaxIntervals) join_neighbours();
  const std::size_t count = std::max<std::size_t>((elapsed_ns + width_ns_ - 1) / width_ns_, 1);
  while (intervals_.size() > count) {
    join(intervals_[intervals_.size() - 2], intervals_.back());
    intervals_.pop_back();
  }
  intervals_.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t start = i * width_ns_;
    intervals_[i].start_s = static_cast<double>(start) / 1e9;
    intervals_[i].duration_s = static_cast<double>(std::min(width_ns_, elapsed_ns - start)) / 1e9;
  }
  return std::move(intervals_);
}

}  // namespace weft::load
