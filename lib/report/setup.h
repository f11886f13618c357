// The set-up of a run as names and values, for one run and, side by side, for several.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "lib/report/facts.h"
#include "lib/smp/run.h"

namespace weft::report {

Facts setup_of(const smp::Run& run);
Facts environment_of(const smp::Run& run);
Facts generator_of(const smp::Run& run);

// The names of what is set up differently in the runs and bears on their figures: "Connections".
// What a run does not state differs from nothing.
std::vector<std::string> differing_setup(std::span<const smp::Run> runs);

std::string requested_rate(const smp::Setup& setup);  // "1,000/s", "as fast as possible", ""

}  // namespace weft::report
