// The distributions and intervals of a run in the form of run_json.h: microseconds, histograms
// with the exact figures that HdrHistogram's encoding leaves out.
#pragma once

#include <vector>

#include "lib/doc/decode.h"
#include "lib/doc/value.h"
#include "lib/smp/run.h"

namespace weft::smp {

// Null when there is nothing to say.
doc::Value distribution_to_json(const Distribution& times);
void read_distribution(doc::Fields& in, Distribution& times);

doc::Value intervals_to_json(const std::vector<stats::Interval>& intervals);
void read_interval(doc::Fields& in, stats::Interval& interval);

}  // namespace weft::smp
