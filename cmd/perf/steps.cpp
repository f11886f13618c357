#include "cmd/perf/steps.h"

#include <ostream>

#include "cmd/perf/live.h"
#include "cmd/perf/measure.h"
#include "cmd/perf/results.h"
#include "lib/base/format.h"
#include "lib/perf/host.h"
#include "lib/perf/record.h"
#include "lib/perf/results.h"
#include "lib/report/figure.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using base::Result;
using term::Align;
using term::Style;

std::string asked(const perf::Step& step) {
  return step.plan.qps ? report::rate(*step.plan.qps) : "max";
}

term::Cell judged(const perf::Step& step, const std::vector<perf::Limit>& limits) {
  if (step.verdict == load::Verdict::invalid) return {"generator late", Style::yellow};
  if (limits.empty() || !step.plan.qps) return {""};
  return perf::holds(step, limits) ? term::Cell{"holds", Style::green}
                                   : term::Cell{"misses", Style::red};
}

}  // namespace

perf::Measure Steps::measure() {
  return [this](const perf::StepPlan& plan) { return run(plan); };
}

Result<perf::Step> Steps::run(const perf::StepPlan& plan) {
  last_spec_ = spec_;
  last_spec_.rate = perf::Rate{plan.qps};
  last_spec_.warmup = perf::Warmup{plan.settle};
  last_spec_.duration = plan.duration;
  if (!plan.qps) {  // as fast as possible: what is said of rates is for the other steps
    last_spec_.arrival.reset();
    last_spec_.burst.reset();
    last_spec_.on_saturation.reset();
    last_spec_.max_connections.reset();
  }
  WEFT_TRY(load_plan, perf::to_plan(last_spec_));
  last_plan_ = std::move(load_plan);
  Live live(context_, last_plan_, Live::Heartbeat::none);
  auto outcome = load::run(
      last_plan_, [&](const load::Progress& now) { live.update(now); }, context_.stop);
  live.finish();
  if (!outcome.ok()) return std::move(outcome).error();
  if (outcome->completed == 0 && !outcome->interrupted) return never_answered(last_plan_, *outcome);
  last_ = *std::move(outcome);
  perf::Step step = perf::step_of(plan, last_, limits_);
  if (!context_.quiet && !context_.err_term.tty) {
    context_.err << fmt::format("{:8} {:>9}/s  p50 {:>9}  p99 {:>9}  {}\n", phase_name(plan.phase),
                                asked(step), base::format_latency(step.p50_ns),
                                base::format_latency(step.p99_ns), judged(step, limits_).text);
    context_.err.flush();
  }
  return step;
}

Result<std::string> Steps::save_last() {
  smp::Run run = perf::record(last_spec_, last_plan_, std::move(last_),
                              {perf::read_host("/"), perf::peak_memory_bytes()});
  WEFT_CHECK(perf::save_run(store_of(context_), run));
  return run.id;
}

std::string steps_table(const std::vector<perf::Step>& steps,
                        const std::vector<perf::Limit>& limits, const term::Terminal& terminal) {
  term::Table table{{{"step"},
                     {"asked/s", Align::right},
                     {"answered/s", Align::right},
                     {"p50", Align::right},
                     {"p99", Align::right},
                     {"errors", Align::right}}};
  for (const perf::Limit& limit : limits)
    table.columns.push_back({"not " + limit.text, Align::right});
  table.columns.push_back({""});
  for (const perf::Step& step : steps) {
    std::vector<term::Cell> row{{std::string(phase_name(step.plan.phase))},
                                {asked(step)},
                                {report::rate(step.achieved)},
                                {base::format_latency(step.p50_ns)},
                                {base::format_latency(step.p99_ns)},
                                {report::percent(step.error_ratio)}};
    for (const stats::Trial& trial : step.misses) row.push_back({report::percent(trial.share)});
    row.push_back(judged(step, limits));
    table.rows.push_back(std::move(row));
  }
  return term::render(table, terminal);
}

}  // namespace weft::cmd
