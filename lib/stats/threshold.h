// Bounds that people set on a run, and on the difference between two runs:
//
//   p99<10ms,error<0.1%,qps>=990        objectives of one run
//   p99>+5%,p99>+2ms,errors>+0.1%       changes from a run to another that count as a failure
//
// Terms are separated by commas: a metric (lib/stats/metric.h), one of < <= > >=, a bound. Times
// carry a unit. Objectives bound error rates by a percentage or a fraction of 1. Changes carry a
// sign; with % they are relative to the first run, for error rates in percentage points.
//
//   WEFT_TRY(terms, stats::parse_objectives("p99<10ms,qps>=990", "--slo"));
//   for (const auto& term : terms) holds(term.relation, measured(term.metric), term.bound);
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/stats/metric.h"

namespace weft::stats {

enum class Relation { less, less_equal, greater, greater_equal };

struct Term {
  Metric metric;
  Relation relation = Relation::less;
  double bound = 0;       // in the metric's quantity: ns, 0..1, per second
  bool relative = false;  // of a change: bound is a fraction of the first run's value
  std::string text;       // as written, without spaces around it
};

// Usage errors whose position is the column in `text`; `source` names it ("--slo").
base::Result<std::vector<Term>> parse_objectives(std::string_view text, std::string_view source);
base::Result<std::vector<Term>> parse_changes(std::string_view text, std::string_view source);

bool holds(Relation relation, double value, double bound);

}  // namespace weft::stats
