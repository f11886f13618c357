#include "lib/perf/step.h"

#include <algorithm>
#include <numeric>

#include "lib/base/format.h"

namespace weft::perf {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr double kReached = 0.98;  // of the rate that was asked for

struct Sample {
  double missed = 0;
  double all = 0;
};

double answers_over(const stats::SparseHistogram& latency, std::uint64_t ns) {
  const auto limit = stats::Histogram::cell_index(ns);
  std::uint64_t over = 0;
  for (const auto& cell : latency.cells)
    if (cell.index >= limit) over += cell.count;
  return static_cast<double>(over);
}

Sample sample_of(const stats::Interval& interval, const Limit& limit) {
  const auto errors = static_cast<double>(interval.errors);
  const auto answers = static_cast<double>(interval.latency.count);
  // Failures without an answer miss every limit; bad statuses are among the answers.
  if (limit.ns == 0) return {errors, std::max(errors, static_cast<double>(interval.completed))};
  return {answers_over(interval.latency, limit.ns), answers};
}

// Answers that follow each other are alike: what they are worth shows in how much the share differs
// between the seconds of the step (batch means).
stats::Trial trial_of(double rate, const load::Outcome& outcome, const Limit& limit) {
  std::vector<Sample> seconds;
  Sample sum;
  for (const auto& interval : outcome.intervals) {
    seconds.push_back(sample_of(interval, limit));
    sum.missed += seconds.back().missed;
    sum.all += seconds.back().all;
  }
  // What still waited for a connection at the end, or was never answered, has missed as well.
  const double lost =
      static_cast<double>(outcome.skipped + outcome.errors[std::size_t(load::ErrorClass::timeout)]);
  if (limit.ns != 0) {
    sum.missed += lost;
    sum.all += lost;
  }
  if (sum.all == 0) return {rate, 1, 1};
  const double share = sum.missed / sum.all;
  double square = 0;
  for (const Sample& one : seconds) {
    const double off = one.missed - share * one.all;
    square += off * off;
  }
  const double batches = static_cast<double>(seconds.size());
  const double variance = batches < 2 ? 0 : square / (sum.all * sum.all) * batches / (batches - 1);
  const double worth = variance > 0 ? share * (1 - share) / variance : sum.all;
  return {rate, share, std::clamp(worth, std::min(batches, sum.all), sum.all)};
}

}  // namespace

std::string_view phase_name(Phase phase) {
  switch (phase) {
    case Phase::ceiling:
      return "ceiling";
    case Phase::ramp:
      return "ramp";
    case Phase::refine:
      return "refine";
    case Phase::hold:
      return "hold";
    case Phase::sweep:
      return "sweep";
  }
  return "";
}

Result<std::vector<Limit>> limits_of(std::span<const stats::Term> terms) {
  std::vector<Limit> limits;
  for (const stats::Term& term : terms) {
    const bool above =
        term.relation == stats::Relation::less || term.relation == stats::Relation::less_equal;
    const bool errors = term.metric.kind == stats::MetricKind::errors;
    if (!above || !(errors || term.metric.kind == stats::MetricKind::percentile))
      return Error{ExitCode::usage,
                   fmt::format("{} is no objective by which a rate can be searched", term.text),
                   "bound a percentile or the errors from above: 'p99<10ms,error<0.1%'"};
    const double allowed = errors ? term.bound : 1 - term.metric.percentile / 100;
    if (allowed <= 0 || allowed >= 1 || term.bound <= 0)
      return Error{ExitCode::usage, fmt::format("{} allows nothing or everything", term.text),
                   "a share between 0 and 1: 'error<0.1%'"};
    limits.push_back({term.text, allowed, errors ? 0 : static_cast<std::uint64_t>(term.bound)});
  }
  return limits;
}

Step step_of(const StepPlan& plan, const load::Outcome& outcome, std::span<const Limit> limits) {
  Step step{.plan = plan};
  const double seconds = std::chrono::duration<double>(outcome.elapsed).count();
  step.achieved = seconds > 0 ? static_cast<double>(outcome.completed) / seconds : 0;
  step.mean_ns = outcome.latency.mean();
  step.p50_ns = static_cast<double>(outcome.latency.percentile(50));
  step.p99_ns = static_cast<double>(outcome.latency.percentile(99));
  const std::uint64_t errors =
      std::accumulate(outcome.errors.begin(), outcome.errors.end(), std::uint64_t{0});
  if (outcome.sent > 0)
    step.error_ratio = static_cast<double>(errors) / static_cast<double>(outcome.sent);
  for (const Limit& limit : limits)
    step.misses.push_back(trial_of(plan.qps.value_or(step.achieved), outcome, limit));
  step.intervals = outcome.intervals;
  step.verdict = outcome.verdict;
  if (!outcome.reasons.empty()) step.reason = outcome.reasons.front();
  step.interrupted = outcome.interrupted;
  return step;
}

bool holds(const Step& step, std::span<const Limit> limits) {
  for (std::size_t i = 0; i < limits.size(); ++i)
    if (step.misses[i].share > limits[i].allowed) return false;
  return !step.plan.qps || step.achieved >= kReached * *step.plan.qps;
}

}  // namespace weft::perf
