// A run over time, cut into as many slices as a chart can show.
#pragma once

#include <span>
#include <vector>

#include "lib/stats/interval.h"

namespace weft::report {

// Rates are per second. Latencies are of the requests answered in the slice, 0 without any.
struct Slice {
  double start_s = 0;
  double end_s = 0;
  double planned = 0;
  double completed = 0;
  double errors = 0;
  bool answered = false;
  double p50_ms = 0;
  double p99_ms = 0;
  double max_ms = 0;

  double middle_s() const { return (start_s + end_s) / 2; }
};

// Neighbours are merged, exactly, until there are at most `most`. A last interval shorter than half
// of the others joins the one before: its rate would be noise.
std::vector<Slice> timeline(std::span<const stats::Interval> intervals, std::size_t most);

}  // namespace weft::report
