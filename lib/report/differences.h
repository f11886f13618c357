// How one run differs from another as a table: each metric with its change, the confidence interval
// as figures and drawn, and the verdict in words.
#pragma once

#include <string>
#include <string_view>

#include "lib/stats/compare.h"

namespace weft::report {

// `a` and `b` are the letters of the runs.
std::string differences_table(const stats::Comparison& comparison, std::string_view a,
                              std::string_view b);

// "p99 worse, qps better; no evidence for the rest": the verdicts in one sentence.
std::string verdict_sentence(const stats::Comparison& comparison);

}  // namespace weft::report
