#include "lib/stats/compare.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "lib/base/format.h"
#include "lib/stats/evidence.h"
#include "lib/stats/resample.h"

namespace weft::stats {
namespace {

constexpr double kNormal = 1.959964;  // quantile of the normal distribution for 95 %
constexpr double kFewestBlocks = 3;   // of a run that says anything about its own variation
constexpr double kFewestBeyond = 10;  // answers above a percentile that is compared
constexpr std::uint64_t kSeedStep = 0x9e3779b97f4a7c15;  // the second run's seed differs

// Few blocks show less variation than there is: Student's t in place of the normal quantile
// (Cornish-Fisher expansion), and the correction of a variance for its estimated mean.
double widening(double blocks) {
  const double z = kNormal, n = blocks - 1;
  const double z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z;
  const double t = z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n) +
                   (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * n * n * n);
  return t / z * std::sqrt(blocks / n);
}

// Errors that no answer stands behind, as a share of all errors. Slices count answers and errors;
// the run's stated error rate tells how much the two overlap.
double unanswered_share(const Side& side) {
  double completed = 0, errors = 0;
  for (const auto& interval : side.intervals) {
    completed += static_cast<double>(interval.completed);
    errors += static_cast<double>(interval.errors);
  }
  const auto ratio = side.value ? side.value({MetricKind::errors}) : std::nullopt;
  if (errors == 0 || !ratio || *ratio <= 0) return completed > 0 ? 0 : 1;
  return std::clamp((errors / *ratio - completed) / errors, 0.0, 1.0);
}

// One run, resampled.
struct Resampled {
  explicit Resampled(const Side& given, const CompareOptions& options, std::uint64_t seed)
      : side(given), slices(given.intervals, unanswered_share(given)) {
    if (slices.blocks() >= kFewestBlocks)
      replicates = resample(slices, options.metrics, options.replicates, seed);
  }

  std::optional<double> observed(const Metric& metric) const {
    return slices.figure(metric, std::vector<double>(slices.size(), 1.0));
  }
  std::optional<double> stated(const Metric& metric) const {
    const auto value = side.value ? side.value(metric) : std::nullopt;
    return value ? value : observed(metric);
  }

  const Side& side;
  Slices slices;
  std::vector<std::vector<double>> replicates;  // by metric; empty when the run is too short
};

std::string why_not_resampled(const Resampled& run, const char* name) {
  if (run.side.intervals.empty())
    return fmt::format("run {} has no intervals: its variation over time is not known", name);
  if (run.replicates.empty())
    return fmt::format("run {} is too short: at least {:.0f} s are needed", name,
                       std::ceil(kFewestBlocks * run.slices.block_seconds()));
  return "";
}

std::string too_few_answers(const Resampled& run, const char* name, const Metric& metric) {
  if (metric.kind != MetricKind::percentile) return "";
  const double beyond = run.slices.answers() * (1 - metric.percentile / 100);
  if (beyond >= kFewestBeyond - 1e-6) return "";
  return fmt::format("run {} has only {:.0f} answers above its {}, fewer than {:.0f}", name,
                     std::floor(beyond + 1e-6), metric.name(), kFewestBeyond);
}

// The replicates of a figure, moved to where the run states it and widened. On a logarithmic
// scale for times and rates, so that intervals of ratios come out right.
std::vector<double> spread(const Resampled& run, std::size_t m, const Metric& metric, bool log) {
  const auto scale = [&](double value) { return log ? std::log(value) : value; };
  const double factor = widening(run.slices.blocks());
  const double from = scale(*run.observed(metric)), to = scale(*run.stated(metric));
  std::vector<double> values = run.replicates[m];
  for (double& value : values) value = to + factor * (scale(value) - from);
  return values;
}

bool all_positive(const Resampled& run, std::size_t m, const Metric& metric) {
  return *run.observed(metric) > 0 && *run.stated(metric) > 0 &&
         std::none_of(run.replicates[m].begin(), run.replicates[m].end(),
                      [](double value) { return value <= 0; });
}

Range interval(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const double last = static_cast<double>(values.size() - 1);
  const auto at = [&](double share) {
    return values[static_cast<std::size_t>(std::lround(share * last))];
  };
  return {at(kSignificance / 2), at(1 - kSignificance / 2)};
}

double two_sided_p(const std::vector<double>& differences) {
  std::size_t not_above = 0, not_below = 0;
  for (double difference : differences) {
    not_above += difference <= 0;
    not_below += difference >= 0;
  }
  const auto tail = static_cast<double>(std::min(not_above, not_below) + 1);
  return std::min(1.0, 2 * tail / static_cast<double>(differences.size() + 1));
}

void add_evidence(Difference& difference, std::size_t m, const Resampled& a, const Resampled& b) {
  const Metric& metric = difference.metric;
  const bool log = metric.row().quantity != Quantity::ratio && all_positive(a, m, metric) &&
                   all_positive(b, m, metric);
  const auto from = spread(a, m, metric, log), to = spread(b, m, metric, log);
  std::vector<double> scaled, absolute;
  for (std::size_t r = 0; r < from.size(); ++r) {
    if (!std::isfinite(from[r]) || !std::isfinite(to[r])) continue;
    scaled.push_back(to[r] - from[r]);
    absolute.push_back(log ? std::exp(to[r]) - std::exp(from[r]) : to[r] - from[r]);
  }
  if (scaled.size() < from.size() / 2 || scaled.empty()) {
    difference.reason = "most of the time nothing was answered";
    return;
  }
  difference.p_value = two_sided_p(scaled);
  difference.absolute_95 = interval(std::move(absolute));
  if (!log) return;
  const Range ratio = interval(std::move(scaled));
  difference.relative_95 = Range{std::expm1(ratio.low), std::expm1(ratio.high)};
}

Difference point_difference(const Metric& metric, const Resampled& a, const Resampled& b) {
  Difference difference;
  difference.metric = metric;
  difference.a = a.stated(metric);
  difference.b = b.stated(metric);
  if (!difference.a || !difference.b) {
    difference.reason = fmt::format("run {} does not tell", difference.a ? "B" : "A");
    return difference;
  }
  difference.absolute = *difference.b - *difference.a;
  if (*difference.a != 0) difference.relative = *difference.b / *difference.a - 1;
  for (const auto& [run, name] : {std::pair{&a, "A"}, std::pair{&b, "B"}}) {
    if (difference.reason.empty()) difference.reason = why_not_resampled(*run, name);
    if (difference.reason.empty()) difference.reason = too_few_answers(*run, name, metric);
    if (difference.reason.empty() && !run->observed(metric))
      difference.reason = fmt::format("the intervals of run {} do not tell", name);
  }
  return difference;
}

}  // namespace

std::vector<Metric> usual_metrics() {
  std::vector<Metric> metrics;
  for (double p : {50.0, 75.0, 90.0, 95.0, 99.0, 99.9})
    metrics.push_back({MetricKind::percentile, p});
  for (auto kind : {MetricKind::mean, MetricKind::errors, MetricKind::throughput})
    metrics.push_back({kind});
  return metrics;
}

std::vector<Metric> metrics_for(std::span<const Term> terms) {
  auto metrics = usual_metrics();
  for (const auto& term : terms)
    if (std::find(metrics.begin(), metrics.end(), term.metric) == metrics.end())
      metrics.push_back(term.metric);
  return metrics;
}

Comparison compare(const Side& a, const Side& b, const CompareOptions& options) {
  const Resampled first(a, options, options.seed);
  const Resampled second(b, options, options.seed + kSeedStep);
  Comparison comparison;
  comparison.block_seconds = std::max(first.slices.block_seconds(), second.slices.block_seconds());
  for (std::size_t m = 0; m < options.metrics.size(); ++m) {
    auto difference = point_difference(options.metrics[m], first, second);
    if (difference.reason.empty()) add_evidence(difference, m, first, second);
    comparison.differences.push_back(std::move(difference));
  }
  correct_percentiles(comparison.differences);
  for (auto& difference : comparison.differences) decide(difference, options.margin);
  return comparison;
}

}  // namespace weft::stats
