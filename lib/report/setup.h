// The set-up of a run as names and values, for one run and, side by side, for several.
#pragma once

#include "lib/report/facts.h"
#include "lib/smp/run.h"

namespace weft::report {

Facts setup_of(const smp::Run& run);
Facts environment_of(const smp::Run& run);
Facts generator_of(const smp::Run& run);

std::string requested_rate(const smp::Setup& setup);  // "1,000/s", "as fast as possible", ""

}  // namespace weft::report
