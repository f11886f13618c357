// One short measurement on the way to an answer about many rates: what `weft perf search` and
// `weft perf curve` decide by.
//
//   WEFT_TRY(step, step_of(plan, load::run(...), terms));
//   step.misses[0].share                       // of the answers, over the limit of terms[0]
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/load/engine.h"
#include "lib/stats/crossing.h"
#include "lib/stats/threshold.h"

namespace weft::perf {

enum class Phase { ceiling, ramp, refine, hold, sweep };
std::string_view phase_name(Phase phase);

struct StepPlan {
  Phase phase = Phase::sweep;
  std::optional<double> qps;    // absent: closed loop
  base::Nanoseconds settle{0};  // the same load before, not counted
  base::Nanoseconds duration{0};
};

struct Step {
  StepPlan plan;
  double achieved = 0;  // whole answers per second
  double mean_ns = 0, p50_ns = 0, p99_ns = 0;
  double error_ratio = 0;
  std::vector<stats::Trial> misses;  // by objective, in its order
  std::vector<stats::Interval> intervals;
  load::Verdict verdict = load::Verdict::valid;
  std::string reason;  // of the verdict
  bool interrupted = false;
};

// Runs a step. An error ends everything; a target that answers nothing is one.
using Measure = std::function<base::Result<Step>(const StepPlan&)>;

// "p99<10ms" lets 1 % of the answers take 10 ms or longer, "error<0.1%" 0.1 % of the requests fail.
struct Limit {
  std::string text;      // as written
  double allowed = 0;    // share that may miss
  std::uint64_t ns = 0;  // 0: what misses is a failed request
};

// Usage errors: an objective that does not bound a share of the requests from above.
base::Result<std::vector<Limit>> limits_of(std::span<const stats::Term> terms);

Step step_of(const StepPlan& plan, const load::Outcome& outcome, std::span<const Limit> limits);

// Whether every share is within what is allowed, at a rate that was really reached.
bool holds(const Step& step, std::span<const Limit> limits);

}  // namespace weft::perf
