// Runs whose load several workers share: how they are told what to measure, and how their results
// become one.
#pragma once

#include <string>
#include <vector>

#include "cmd/perf/measure.h"
#include "cmd/perf/run_flags.h"

namespace weft::cmd {

// Gives every job its workers, as --processes or --in-cluster asks for. Usage errors: what cannot
// be shared. The options must outlive the jobs.
base::Result<void> distribute(Context& context, const RunOptions& options,
                              std::vector<PerfJob>& jobs);

base::Result<Measured> measure_in_processes(Context& context, const PerfJob& job);
base::Result<Measured> measure_in_cluster(Context& context, const PerfJob& job);

// What --dry-run shows.
base::Result<void> show_objects(Context& context, const std::vector<PerfJob>& jobs);

}  // namespace weft::cmd
