// Objectives (SLOs) held against a run: what was measured for each term and whether it holds.
//
//   WEFT_TRY(terms, stats::parse_objectives("p99<10ms,error<0.1%", "--slo"));
//   const auto judged = judge(terms, run);
//   return all_met(judged) ? ExitCode::done : ExitCode::no;
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "lib/smp/run.h"
#include "lib/stats/threshold.h"

namespace weft::perf {

struct Judged {
  stats::Term term;
  std::optional<double> value;  // in the metric's quantity: ns, 0..1, per second
  bool met = false;             // never met without a value
};

// Absent when the run does not tell. Latencies are from the planned time, the lag is its p99.
std::optional<double> measured(const stats::Metric& metric, const smp::Run& run);

std::vector<Judged> judge(std::span<const stats::Term> terms, const smp::Run& run);
bool all_met(std::span<const Judged> judged);

}  // namespace weft::perf
