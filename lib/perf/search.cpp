#include "lib/perf/search.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace weft::perf {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr std::chrono::seconds kRampStep{3};
constexpr std::chrono::seconds kLeastStep{2};
constexpr double kRampFactor = 1.6;
constexpr int kRampBelow = 4;    // rungs from the first one to the ceiling
constexpr int kDescents = 8;     // below the first rung, before giving up
constexpr double kAbove = 1.2;   // of the ceiling: no reason to go further
constexpr double kAside = 0.04;  // of the estimate: where the steps around it lie
constexpr std::size_t kLeastRefinements = 10;
constexpr int kHolds = 4;
constexpr double kHoldStep = 0.04;

class Searcher {
 public:
  Searcher(const SearchOptions& options, const Measure& measure)
      : options_(options), measure_(measure) {}

  Result<Found> run();

 private:
  Result<Step> step(Phase phase, std::optional<double> qps, base::Nanoseconds duration);
  Result<bool> passes(Phase phase, double qps, base::Nanoseconds duration);
  Result<void> ramp();
  Result<void> refine();
  Result<void> hold();
  void estimate();
  bool over() const { return found_.interrupted || spent_ >= options_.budget; }

  const SearchOptions& options_;
  const Measure& measure_;
  Found found_;
  base::Nanoseconds spent_{0};
  double highest_good_ = 0;
  double lowest_bad_ = 0;                                 // 0: none yet
  double cap_ = std::numeric_limits<double>::infinity();  // above it the generator was late
};

Result<Step> Searcher::step(Phase phase, std::optional<double> qps, base::Nanoseconds duration) {
  WEFT_TRY(done, measure_({phase, qps, duration / 6, duration - duration / 6}));
  spent_ += duration;
  found_.interrupted = found_.interrupted || done.interrupted;
  if (qps && done.verdict == load::Verdict::invalid) {
    found_.generator_limited = true;
    found_.generator_reason = done.reason;
    cap_ = std::min(cap_, *qps * (1 - kAside));
  }
  found_.steps.push_back(done);
  return done;
}

// A rate at which the generator is late has not been offered: it counts as broken.
Result<bool> Searcher::passes(Phase phase, double qps, base::Nanoseconds duration) {
  WEFT_TRY(done, step(phase, qps, duration));
  const bool good = done.verdict != load::Verdict::invalid && holds(done, options_.limits);
  if (good)
    highest_good_ = std::max(highest_good_, qps);
  else
    lowest_bad_ = lowest_bad_ == 0 ? qps : std::min(lowest_bad_, qps);
  return good;
}

Result<void> Searcher::ramp() {
  WEFT_TRY(closed, step(Phase::ceiling, std::nullopt, kRampStep));
  found_.ceiling = closed.achieved;
  const double top = closed.achieved * kAbove;
  double qps = closed.achieved / std::pow(kRampFactor, kRampBelow);
  for (int tried = 0; !found_.interrupted && tried < kDescents; ++tried) {
    WEFT_TRY(good, passes(Phase::ramp, qps, kRampStep));
    if (good) break;
    qps /= kRampFactor;
  }
  while (!found_.interrupted && highest_good_ > 0 && lowest_bad_ == 0 && highest_good_ < top) {
    WEFT_TRY(good, passes(Phase::ramp, std::min(highest_good_ * kRampFactor, top), kRampStep));
    if (!good) break;
  }
  return {};
}

void Searcher::estimate() {
  const double around =
      found_.estimate ? found_.estimate->rate : std::sqrt(highest_good_ * lowest_bad_);
  std::optional<stats::Crossing> least;
  for (std::size_t i = 0; i < options_.limits.size(); ++i) {
    std::vector<stats::Trial> trials;
    for (const Step& step : found_.steps)
      if (step.plan.qps && step.verdict != load::Verdict::invalid) trials.push_back(step.misses[i]);
    const auto one = stats::crossing(trials, options_.limits[i].allowed, around);
    if (least && least->rate <= one.rate) continue;
    least = one;
    found_.binding = i;
  }
  found_.estimate = least;
}

Result<void> Searcher::refine() {
  double around = std::sqrt(highest_good_ * lowest_bad_);
  for (std::size_t i = 0; !over(); ++i) {
    const double qps = around * (i % 2 == 0 ? 1 - kAside : 1 + kAside);
    WEFT_CHECK(step(Phase::refine, std::min(qps, cap_), options_.step));
    if (found_.interrupted) return {};
    estimate();
    around = found_.estimate->rate;
    if (around >= cap_ && i > 0) break;  // nothing more can be learnt
    if (i + 1 >= kLeastRefinements && found_.estimate->half_width() <= options_.precision) break;
  }
  return {};
}

Result<void> Searcher::hold() {
  double qps = std::min(highest_good_, cap_);
  if (found_.estimate) qps = found_.estimate->rate < cap_ ? found_.estimate->low : cap_;
  for (int tried = 0; tried < kHolds && !found_.interrupted; ++tried, qps *= 1 - kHoldStep) {
    WEFT_TRY(good, passes(Phase::hold, qps, options_.hold));
    if (found_.interrupted || !good) continue;
    found_.verified = qps;
    break;
  }
  return {};
}

Result<Found> Searcher::run() {
  if (options_.limits.empty())
    return Error{ExitCode::usage, "a search needs an objective", "--slo 'p99<10ms'"};
  if (options_.step < kLeastStep || options_.hold < kLeastStep)
    return Error{ExitCode::usage, "steps of less than 2s tell too little", "--step 6s --hold 60s"};
  const base::Nanoseconds least = kRampStep * (kRampBelow + 2) + options_.step * kLeastRefinements;
  if (options_.budget < least)
    return Error{ExitCode::usage, "the budget is shorter than the least search",
                 "--budget " + base::format_duration(least) + " or more, or a shorter --step"};
  WEFT_CHECK(ramp());
  if (found_.interrupted || highest_good_ == 0) return std::move(found_);
  if (lowest_bad_ > 0) WEFT_CHECK(refine());
  if (!found_.interrupted) WEFT_CHECK(hold());
  return std::move(found_);
}

}  // namespace

Result<Found> search(const SearchOptions& options, const Measure& measure) {
  return Searcher(options, measure).run();
}

}  // namespace weft::perf
