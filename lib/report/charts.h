// The charts of one run, each as the body of a section: the chart, a remark, and the same data as a
// table. Empty when the run has no data for it.
#pragma once

#include <string>

#include "lib/smp/run.h"

namespace weft::report {

std::string distribution_chart(const smp::Run& run);
std::string percentile_chart(const smp::Run& run);
std::string latency_over_time_chart(const smp::Run& run);
std::string rate_over_time_chart(const smp::Run& run);

}  // namespace weft::report
