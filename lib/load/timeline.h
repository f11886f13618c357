// The intervals of a run in constant memory: 1 s each, and twice as long whenever there would be
// more than 240 of them. Their latencies keep a precision of 0.8 %, so that many different ones
// take little more room than few, and their cells are packed while the run lasts (some 3 bytes
// each).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lib/load/slice.h"
#include "lib/stats/interval.h"

namespace weft::load {

class Timeline {
 public:
  static constexpr std::size_t kMaxIntervals = 240;

  // Adds a slice to the interval in which it starts. Slices of different workers come in any order.
  void add(const Slice& slice);

  // All intervals, empty ones included, up to `elapsed_ns`; what came later counts in the last one.
  std::vector<stats::Interval> finish(std::uint64_t elapsed_ns);

 private:
  struct Kept {
    stats::Interval interval;  // its cells are packed
    std::string cells;
  };
  static void join(Kept& into, const stats::Interval& next);
  static stats::Interval unpacked(Kept& kept);
  void join_neighbours();

  std::uint64_t width_ns_ = 1'000'000'000;
  std::vector<Kept> intervals_;
};

}  // namespace weft::load
