// The charts of several runs over one another, each as the body of a section. A run without the
// data for a chart is left out of it and named below; the chart is empty when none has it.
#pragma once

#include <span>
#include <string>

#include "lib/smp/run.h"

namespace weft::report {

// "A", "B" ... "Z", then "run 27".
std::string letter(std::size_t index);
// "A baseline", cut to what fits a legend.
std::string legend_name(std::span<const smp::Run> runs, std::size_t index);

std::string percentile_overlay(std::span<const smp::Run> runs);
std::string distribution_overlay(std::span<const smp::Run> runs);
std::string p99_overlay(std::span<const smp::Run> runs);
std::string rate_overlay(std::span<const smp::Run> runs);

}  // namespace weft::report
