#include "lib/stats/paired.h"

#include <algorithm>
#include <cmath>

#include "lib/base/format.h"
#include "lib/stats/evidence.h"

namespace weft::stats {
namespace {

struct Values {
  std::vector<double> a, b;
  bool log = false;  // compared as ratios
};

std::optional<double> figure(const Side& side, const Metric& metric) {
  const auto value = side.value ? side.value(metric) : std::nullopt;
  return value && std::isfinite(*value) ? value : std::nullopt;
}

// Empty with a reason when a run does not tell.
Values values_of(std::span<const Pair> pairs, const Metric& metric, std::string& reason) {
  Values values;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto a = figure(pairs[i].a, metric), b = figure(pairs[i].b, metric);
    if (!a || !b) {
      reason = fmt::format("run {}{} does not tell", a ? "B" : "A", i + 1);
      return {};
    }
    values.a.push_back(*a);
    values.b.push_back(*b);
  }
  const auto positive = [](double value) { return value > 0; };
  values.log = metric.row().quantity != Quantity::ratio &&
               std::all_of(values.a.begin(), values.a.end(), positive) &&
               std::all_of(values.b.begin(), values.b.end(), positive);
  return values;
}

double mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double central(const std::vector<double>& values, bool log) {
  if (!log) return mean(values);
  std::vector<double> logs = values;
  for (double& value : logs) value = std::log(value);
  return std::exp(mean(logs));
}

double deviation(std::span<const double> values, double centre) {
  double squares = 0;
  for (const double value : values) squares += (value - centre) * (value - centre);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

// How many pairs would show a difference as large as the margin in four cases of five: 5, 10, 20,
// 50, 100 ... at most; the spread of a few pairs does not tell it any better.
double pairs_needed(double spread, double margin) {
  constexpr double kBoth = 1.96 + 0.84;  // normal quantiles of 5 % error and 80 % power
  const double needed = std::pow(kBoth * spread / std::log1p(margin), 2) + 1;
  double decade = 10;
  while (decade < needed) decade *= 10;
  for (const double part : {5.0, 2.0})
    if (decade / part >= needed) return decade / part;
  return decade;
}

Difference difference_of(std::span<const Pair> pairs, const Metric& metric,
                         const CompareOptions& options) {
  Difference out;
  out.metric = metric;
  const Values values = values_of(pairs, metric, out.reason);
  if (values.a.empty()) return out;
  out.a = central(values.a, values.log);
  out.b = central(values.b, values.log);
  out.absolute = *out.b - *out.a;
  if (*out.a != 0) out.relative = *out.b / *out.a - 1;
  if (pairs.size() < 2) {
    out.reason = "one pair of runs does not show how far two runs of the same thing lie apart";
    return out;
  }
  std::vector<double> steps;
  for (std::size_t i = 0; i < values.a.size(); ++i)
    steps.push_back(values.log ? std::log(values.b[i] / values.a[i]) : values.b[i] - values.a[i]);
  const double n = static_cast<double>(steps.size());
  const double centre = mean(steps), spread = deviation(steps, centre);
  const double error = spread / std::sqrt(n);
  out.p_value = error > 0 ? student_p(centre / error, n - 1) : (centre == 0 ? 1.0 : 0.0);
  const double reach = student_quantile(kSignificance, n - 1) * error;
  if (values.log) {
    out.relative_95 = Range{std::expm1(centre - reach), std::expm1(centre + reach)};
    out.absolute_95 = Range{*out.a * out.relative_95->low, *out.a * out.relative_95->high};
  } else {
    out.absolute_95 = Range{centre - reach, centre + reach};
  }
  if (values.log && pairs_needed(spread, options.margin) > n)
    out.reason = fmt::format("about {:.0f} pairs would show one of {:.0f} %",
                             pairs_needed(spread, options.margin), options.margin * 100);
  return out;
}

}  // namespace

Comparison compare_pairs(std::span<const Pair> pairs, const CompareOptions& options) {
  Comparison comparison;
  for (const Metric& metric : options.metrics)
    comparison.differences.push_back(difference_of(pairs, metric, options));
  correct_percentiles(comparison.differences);
  for (Difference& difference : comparison.differences) {
    const std::string more = std::move(difference.reason);
    difference.reason = difference.p_value ? "" : more;
    decide(difference, options.margin);
    if (difference.verdict == Verdict::no_evidence && difference.p_value && !more.empty())
      difference.reason += "; " + more;
  }
  return comparison;
}

}  // namespace weft::stats
