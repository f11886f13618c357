// Latency over rate: open loops from light load to beyond what the target bears, and where the
// curve bends.
//
// Two opinions on the bend. The rate of the greatest power, throughput over mean response
// (L. Kleinrock, "Power and deterministic rules of thumb for probabilistic problems in computer
// communications", 1979): beyond it every request more costs more than it brings. And the rate at
// which the median has doubled from its value at the lightest load. Intervals are of a block
// bootstrap over the seconds of each step.
//
//   WEFT_TRY(curve, trace({.points = 10}, measure));
//   curve.power->rate
#pragma once

#include "lib/perf/step.h"

namespace weft::perf {

struct CurveOptions {
  std::vector<double> rates;  // ascending; empty: `points` of them, up to 1.1 times the ceiling
  std::size_t points = 10;
  base::Nanoseconds step = std::chrono::seconds(6);  // of which the first sixth settles
  std::vector<Limit> limits;                         // judged at each step; may be empty
};

struct Bend {
  double rate = 0;  // per second
  double low = 0;   // 95 % interval
  double high = 0;
};

struct Curve {
  std::vector<Step> steps;     // the sweep, by rate
  std::optional<Step> closed;  // the closed loop, where it was needed
  std::optional<Bend> power;   // absent: no bend within the rates
  std::optional<Bend> doubled;
  bool interrupted = false;
};

// Usage errors: a step of less than 4 s. Other errors are those of `measure`.
base::Result<Curve> trace(const CurveOptions& options, const Measure& measure);

}  // namespace weft::perf
