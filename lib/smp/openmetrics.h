// Runs as OpenMetrics text 1.0 (github.com/OpenObservability/OpenMetrics): the latencies as one
// classic histogram, everything else as gauges, each run told apart by its labels. Made to be
// dropped into a textfile collector or a push gateway.
#pragma once

#include <span>
#include <string>

#include "lib/smp/run.h"

namespace weft::smp {

std::string write_openmetrics(std::span<const Run> runs);

}  // namespace weft::smp
