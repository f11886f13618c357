#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/stats/compare.h"

namespace weft::stats {
namespace {

std::string amount(const Term& term, double value) {
  if (term.relative || term.metric.row().quantity == Quantity::ratio)
    return fmt::format("{:+.2f} %", value * 100);
  if (term.metric.row().quantity == Quantity::rate) return fmt::format("{:+.1f}/s", value);
  return (value < 0 ? "" : "+") + base::format_latency(value);
}

ChangeOutcome outcome(const Term& term, const Difference& difference) {
  ChangeOutcome result{term, false, {}};
  const auto& range = term.relative ? difference.relative_95 : difference.absolute_95;
  if (!range) {
    result.reason = difference.reason.empty() ? "run A has a value of 0" : difference.reason;
    return result;
  }
  const bool upwards =
      term.relation == Relation::greater || term.relation == Relation::greater_equal;
  result.happened = holds(term.relation, upwards ? range->low : range->high, term.bound);
  result.reason = fmt::format("{} to {} with 95 % confidence", amount(term, range->low),
                              amount(term, range->high));
  return result;
}

}  // namespace

std::vector<ChangeOutcome> evaluate(std::span<const Term> terms, const Comparison& comparison) {
  std::vector<ChangeOutcome> outcomes;
  for (const auto& term : terms) {
    const auto found = std::find_if(
        comparison.differences.begin(), comparison.differences.end(),
        [&](const Difference& difference) { return difference.metric == term.metric; });
    if (found == comparison.differences.end())
      outcomes.push_back({term, false, fmt::format("{} was not compared", term.metric.name())});
    else
      outcomes.push_back(outcome(term, *found));
  }
  return outcomes;
}

}  // namespace weft::stats
