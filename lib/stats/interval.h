// What happened in one slice of a run: the unit of progress, of comparison between runs (block
// bootstrap) and of the charts over time. The latency is of requests answered in the slice.
#pragma once

#include <cstdint>

#include "lib/stats/histogram.h"

namespace weft::stats {

struct Interval {
  double start_s = 0;  // since the start of the measured part
  double duration_s = 0;
  std::uint64_t planned = 0;
  std::uint64_t completed = 0;  // whole answers, bad statuses included
  std::uint64_t errors = 0;     // bad statuses included
  SparseHistogram latency;
};

}  // namespace weft::stats
