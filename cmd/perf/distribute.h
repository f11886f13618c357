// Runs whose load several workers share: how they are told what to measure, and how their results
// become one.
#pragma once

#include <string>
#include <vector>

#include "cmd/perf/measure.h"
#include "cmd/perf/run_flags.h"

namespace weft::cmd {

// Gives every job its workers, as --processes asks for. Usage errors: what cannot be shared.
base::Result<void> distribute(const RunOptions& options, std::vector<PerfJob>& jobs);

base::Result<Measured> measure_in_processes(Context& context, const PerfJob& job);

}  // namespace weft::cmd
