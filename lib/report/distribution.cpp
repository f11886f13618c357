#include "lib/report/distribution.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/base/axis.h"
#include "lib/base/format.h"
#include "lib/smp/buckets.h"

namespace weft::report {
namespace {

constexpr double kNsPerMs = 1e6;
constexpr double kFarOut = 1.25;  // times the percentile beside the end
constexpr int kCurvePoints = 160;

double total_of(const smp::Distribution& distribution) {
  return distribution.histogram ? static_cast<double>(distribution.histogram->count())
                                : static_cast<double>(smp::total_count(distribution.buckets));
}

// How much of `bucket` lies at or below `ms`: spread evenly on a log scale, so that a bucket is
// drawn as one level; on a linear one down to zero.
double share_at_or_below(const smp::Bucket& bucket, double ms) {
  if (ms >= bucket.end_ms) return 1;
  if (ms <= bucket.start_ms) return 0;
  if (bucket.start_ms <= 0) return (ms - bucket.start_ms) / (bucket.end_ms - bucket.start_ms);
  return std::log(ms / bucket.start_ms) / std::log(bucket.end_ms / bucket.start_ms);
}

// Requests that took at most `ms`.
double count_at_or_below(const smp::Distribution& distribution, double ms) {
  if (distribution.histogram) {
    const double ns = std::clamp(ms * kNsPerMs, 0.0, 9e18);
    return static_cast<double>(
        distribution.histogram->count_at_or_below(static_cast<std::uint64_t>(std::llround(ns))));
  }
  double sum = 0;
  for (const auto& bucket : distribution.buckets)
    sum += static_cast<double>(bucket.count) * share_at_or_below(bucket, ms);
  return sum;
}

std::vector<Bin> bins_between(const smp::Distribution& distribution,
                              const std::vector<double>& edges, double before) {
  std::vector<Bin> bins;
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    const double here = count_at_or_below(distribution, edges[i + 1]);
    bins.push_back({edges[i], edges[i + 1], std::max(0.0, here - before)});
    before = here;
  }
  return bins;
}

Range full_range(const smp::Distribution& distribution) {
  const auto& buckets = distribution.buckets;
  if (!distribution.histogram && !buckets.empty())
    return {buckets.front().start_ms, buckets.back().end_ms};
  return {distribution.percentile_ms(0).value_or(0), distribution.percentile_ms(100).value_or(0)};
}

}  // namespace

std::string label(const Bin& bin) {
  if (bin.low_ms == bin.high_ms) return base::latency_label(bin.high_ms);
  auto low = base::latency_label(bin.low_ms);
  const auto high = base::latency_label(bin.high_ms);
  const auto unit = high.substr(std::min(high.find(' '), high.size()));
  if (!unit.empty() && low.ends_with(unit)) low.resize(low.size() - unit.size());
  return fmt::format("{} – {}", low, high);
}

bool has_counts(const smp::Distribution& distribution) { return total_of(distribution) > 0; }

Range main_range(const smp::Distribution& distribution) {
  auto range = full_range(distribution);
  const double low = distribution.percentile_ms(0.1).value_or(range.low_ms);
  const double high = distribution.percentile_ms(99.9).value_or(range.high_ms);
  if (range.low_ms * kFarOut < low) range.low_ms = low;
  if (range.high_ms > high * kFarOut) range.high_ms = high;
  return range;
}

std::vector<Bin> round_bins(const smp::Distribution& distribution, int most) {
  if (!has_counts(distribution)) return {};
  const auto all = full_range(distribution);
  if (all.low_ms >= all.high_ms) return {{all.high_ms, all.high_ms, total_of(distribution)}};
  const auto range = main_range(distribution);
  auto edges = base::log_edges(range.low_ms, range.high_ms, most);
  if (all.low_ms < edges.front()) edges.insert(edges.begin(), all.low_ms);
  if (all.high_ms > edges.back()) edges.push_back(all.high_ms);
  // The rounding of an edge to whole nanoseconds must lose nobody at either end.
  auto bins = bins_between(distribution, edges, 0);
  bins.back().count += total_of(distribution) - count_at_or_below(distribution, edges.back());
  return bins;
}

std::vector<Bin> even_bins(const smp::Distribution& distribution, Range range, int bins) {
  if (!has_counts(distribution) || bins < 1) return {};
  // A log scale has no zero: what took no time at all is drawn at a nanosecond.
  const double low = std::max(range.low_ms, 1e-6);
  const double high = std::max(range.high_ms, low * 1.001);
  std::vector<double> edges;
  for (int i = 0; i <= bins; ++i) edges.push_back(low * std::pow(high / low, 1.0 * i / bins));
  const double below =
      range.low_ms > full_range(distribution).low_ms ? count_at_or_below(distribution, low) : 0;
  return bins_between(distribution, edges, below);
}

int sensible_bins(const smp::Distribution& distribution, Range range) {
  constexpr double kFewest = 8;
  constexpr double kMost = 48;
  constexpr double kMostInAll = 160;
  const double wanted = std::clamp(2 * std::cbrt(total_of(distribution)), kFewest, kMost);
  // So many for the middle 98 %: the bulk decides the width, not the tails.
  const double low = std::max(distribution.percentile_ms(1).value_or(range.low_ms), 1e-6);
  const double high = std::max(distribution.percentile_ms(99).value_or(range.high_ms), low * 1.02);
  const double whole = std::max(range.high_ms, low * 1.02) / std::max(range.low_ms, 1e-6);
  const double bins = wanted * std::log(whole) / std::log(high / low);
  return static_cast<int>(std::clamp(bins, kFewest, kMostInAll));
}

std::vector<std::pair<double, double>> percentile_curve(const smp::Distribution& distribution,
                                                        double highest) {
  std::vector<std::pair<double, double>> curve;
  if (has_counts(distribution)) {
    const double nines = -std::log10(1 - highest / 100);
    for (int i = 0; i < kCurvePoints; ++i) {
      const double p = 100 * (1 - std::pow(10, -nines * i / (kCurvePoints - 1)));
      if (const auto ms = distribution.percentile_ms(p)) curve.emplace_back(p, *ms);
    }
  } else {
    for (const auto& [p, ms] : distribution.percentiles_ms)
      if (p < 100) curve.emplace_back(p, ms);
  }
  if (const auto ms = distribution.percentile_ms(100); ms && !curve.empty())
    curve.emplace_back(100, *ms);
  return curve;
}

double highest_percentile(const smp::Distribution& distribution) {
  double requests = total_of(distribution);
  if (requests == 0) {
    requests = 100;
    for (const auto& [p, ms] : distribution.percentiles_ms)
      if (p < 100) requests = std::max(requests, 100 / (100 - p));
  }
  const double nines = std::clamp(std::ceil(std::log10(requests) - 1e-9), 2.0, 5.0);
  return 100 * (1 - std::pow(10, -nines));
}

}  // namespace weft::report
