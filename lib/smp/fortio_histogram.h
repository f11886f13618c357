// The histogram of fortio's results (fortio/fortio:stats/stats.go, HistogramData): Count, Min, Max,
// Avg, StdDev in seconds; Data [{Start, End, Percent (cumulative), Count (of the bucket)}];
// Percentiles [{Percentile, Value}] or null or absent. Nighthawk and Meshery write it too, with
// counts as text and, for wrk2, with cumulative counts.
#pragma once

#include <string>
#include <vector>

#include "lib/smp/fields.h"
#include "lib/smp/run.h"

namespace weft::smp {

enum class BucketCounts { own, cumulative };

// Faults go to `in`, doubts to `warnings`. Without samples only the count is known: writers put
// "NaN" and 1.8e19 into the other fields then.
Distribution read_fortio_histogram(Fields& in, const doc::Value& histogram, BucketCounts counts,
                                   std::vector<std::string>& warnings);

}  // namespace weft::smp
