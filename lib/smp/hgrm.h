// A run's latencies as HdrHistogram's percentile distribution
// (HdrHistogram/HdrHistogram:AbstractHistogram.java, outputPercentileDistribution, five ticks per
// half distance), values in milliseconds: what its plotFiles page draws.
#pragma once

#include <string>

#include "lib/base/result.h"
#include "lib/smp/run.h"

namespace weft::smp {

// An input error when the run has no percentiles or does not say how many latencies there are.
base::Result<std::string> write_hgrm(const Run& run);

}  // namespace weft::smp
