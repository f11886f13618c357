// The highest rate at which a target keeps its objectives: found quickly, told with an interval,
// and verified by holding it.
//
// A closed loop gives a ceiling; a ramp of open loops by 1.6 finds where the objectives break; then
// steps in turn 4 % below and above the estimate, each of which moves the estimate a little
// (lib/stats/crossing.h), until the interval is narrow or the budget is spent; at last its lower
// end is held for a minute. The rate that held is the answer.
//
//   WEFT_TRY(found, search({.limits = limits}, measure));
//   found.verified                             // requests per second; absent: none held
#pragma once

#include "lib/perf/step.h"

namespace weft::perf {

struct SearchOptions {
  std::vector<Limit> limits;
  base::Nanoseconds budget = std::chrono::seconds(180);  // of all steps before the hold
  base::Nanoseconds step = std::chrono::seconds(6);      // of which the first sixth settles
  base::Nanoseconds hold = std::chrono::seconds(60);
  double precision = 0.03;  // half of the interval's width, as a fraction of the rate
};

struct Found {
  std::optional<double> verified;           // held for the whole hold
  std::optional<stats::Crossing> estimate;  // absent when the objectives never broke, or always
  std::size_t binding = 0;                  // the objective that breaks first
  double ceiling = 0;                       // of the closed loop
  // Above some rate the generator was late by itself, so the target may bear more than was found.
  bool generator_limited = false;
  std::string generator_reason;
  bool interrupted = false;
  std::vector<Step> steps;
};

// Usage errors: no objective, steps or a budget too short. Other errors are those of `measure`.
base::Result<Found> search(const SearchOptions& options, const Measure& measure);

}  // namespace weft::perf
