// One measurement of `weft perf run` from its plan to its exit code: live progress, the record,
// what is kept and what is printed.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "cmd/cluster_context.h"
#include "cmd/context.h"
#include "cmd/perf/run_flags.h"
#include "lib/base/exit_code.h"
#include "lib/load/engine.h"
#include "lib/perf/engines.h"
#include "lib/perf/job.h"
#include "lib/perf/spec.h"
#include "lib/perf/usage.h"
#include "lib/smp/run.h"
#include "lib/stats/threshold.h"

namespace weft::cmd {

// Who shares the load of a run, when it is not this process alone.
struct Workers {
  unsigned count = 0;
  std::vector<std::string> command;  // of each, but for what tells them apart
};

struct PerfJob {
  perf::Spec spec;
  load::Plan plan;
  const perf::Engine* engine = nullptr;  // of others; null: ours
  std::optional<Workers> processes;      // of this machine
  std::optional<perf::PodWorkers> pods;
  const ClusterFlags* cluster = nullptr;  // where the pods go, or those whose use is read are
  std::string worker_results;             // a folder for what each of them says; may be empty
  std::vector<perf::UsageSource> usage;   // read meanwhile
  std::string prometheus;                 // URL
  std::vector<GivenFlag> given;           // what workers are told
  std::string phase;                      // of a profile; empty: none
  std::optional<std::string> slo;
};

// What is told of several runs at their end.
struct RunRow {
  std::string what;
  std::optional<double> asked_qps, qps;
  std::optional<double> p50_ms, p99_ms, error_ratio;
  std::string verdict, objectives;  // "valid"; "met", "missed" or nothing
};

struct MeasureOptions {
  std::vector<stats::Term> objectives;
  bool save = true;
  std::string out;                      // also write the run document here; may be empty
  std::string interval_log;             // and an interval log here
  bool several = false;                 // one of several: YAML documents are told apart
  std::vector<RunRow>* rows = nullptr;  // of several
};

// `no` when an objective was missed, `invalid`, `interrupted`, else `done`. A target that never
// answered is an error; what is known about it is kept and printed before.
base::Result<base::ExitCode> measure(Context& context, const PerfJob& job,
                                     const MeasureOptions& options);

// One run with live progress, not judged, kept or printed.
struct Measured {
  smp::Run run;
  std::optional<base::Error> silence;  // nothing was ever answered
};
base::Result<Measured> measure_once(Context& context, const PerfJob& job);

// Two targets in turn, so that what changes over time changes for both: the runs of each.
base::Result<std::array<std::vector<smp::Run>, 2>> measure_in_turn(
    Context& context, const std::array<const PerfJob*, 2>& jobs, int rounds, bool save);

// The error of a run in which nothing was answered.
base::Error never_answered(const load::Plan& plan, const load::Outcome& outcome);

}  // namespace weft::cmd
