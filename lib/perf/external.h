// A measurement by a load generator of somebody else: its command, its output read as a run, and
// what is known about the figures written beside them.
//
//   WEFT_TRY(run, run_external(*engine, spec, plan, {runner, clock, stop, read_host("/")}));
#pragma once

#include "lib/base/clock.h"
#include "lib/base/stop.h"
#include "lib/perf/engines.h"
#include "lib/proc/runner.h"
#include "lib/proc/tools.h"
#include "lib/smp/run.h"

namespace weft::perf {

struct Surroundings {
  proc::Runner& runner;
  const base::Clock& clock;
  const base::StopFlag& stop;
  smp::Labels host;  // see read_host
};

// Usage error for what the engine has no option for, `tool` when it is missing, fails, or writes
// what cannot be read; `interrupted` when asked to stop: nothing of the run is known then. A
// warm-up is a run of that length whose output is not looked at.
base::Result<smp::Run> run_external(const Engine& engine, const Spec& spec, const load::Plan& plan,
                                    const Surroundings& surroundings);

// Whether the program of the engine is on this machine, and which.
proc::ToolReport inspect(const Engine& engine, proc::Runner& runner, const base::StopFlag& stop);

}  // namespace weft::perf
