// Interval logs of HdrHistogram: a V2 payload for every slice of time. Written as its Java, C, Go,
// Python and Rust readers expect them (HdrHistogram/HdrHistogram:HistogramLogWriter.java, format
// 1.3), latencies in nanoseconds, the column of maxima in milliseconds:
//
//   #[Histogram log format version 1.3]
//   #[StartTime: 1441812279.474 (seconds since epoch), 2015-09-09T15:24:39.474Z]
//   "StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"
//   0.127,1.007,2.769,HISTFAAAAEV42pNpmSzMwMCgyAABTBDKT4GBgdnNY0mAAwyAAQ...
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/smp/run.h"

namespace weft::smp {

// An input error for a run without slices of time that carry histograms, or without a start.
base::Result<std::string> write_hlog(const Run& run);

bool is_hlog(std::string_view text);

// One run for every tag (label "tag"), and one for lines without. Times count from StartTime or
// BaseTime where a log has them and its stamps are not since 1970 themselves. Input errors name
// the line.
base::Result<std::vector<Run>> read_hlog(const doc::Source& source);

}  // namespace weft::smp
