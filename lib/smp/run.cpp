#include "lib/smp/run.h"

#include <limits>

#include "lib/smp/buckets.h"

namespace weft::smp {

namespace {

constexpr double kNsPerMs = 1e6;

std::uint64_t add_saturating(std::uint64_t a, std::uint64_t b) {
  std::uint64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::uint64_t>::max() : sum;
}

}  // namespace

Distribution Distribution::of(stats::Histogram histogram) {
  Distribution result;
  result.count = histogram.count();
  if (histogram.count() != 0) {
    result.min_ms = static_cast<double>(histogram.min()) / kNsPerMs;
    result.mean_ms = histogram.mean() / kNsPerMs;
    result.max_ms = static_cast<double>(histogram.max()) / kNsPerMs;
    result.stddev_ms = histogram.stddev() / kNsPerMs;
  }
  result.histogram = std::move(histogram);
  return result;
}

bool Distribution::empty() const {
  if (histogram && histogram->count() != 0) return false;
  return buckets.empty() && percentiles_ms.empty() && !min_ms && !mean_ms && !max_ms;
}

std::optional<double> Distribution::percentile_ms(double p) const {
  if (histogram && histogram->count() != 0) {
    if (p <= 0) return static_cast<double>(histogram->min()) / kNsPerMs;
    return static_cast<double>(histogram->percentile(p)) / kNsPerMs;
  }
  if (const auto stated = percentiles_ms.find(p); stated != percentiles_ms.end())
    return stated->second;
  if (p <= 0 && min_ms) return min_ms;
  if (p >= 100 && max_ms) return max_ms;
  return percentile_in_buckets(p, buckets, cumulative_percents(buckets), count);
}

std::uint64_t Counts::error_total() const {
  std::uint64_t total = 0;
  for (const auto& [name, count] : errors) total = add_saturating(total, count);
  return total;
}

std::optional<double> Counts::error_ratio() const {
  if (!completed) return std::nullopt;
  // An answer with a bad status is completed too; every other error is an attempt of its own.
  const auto bad_status = errors.find("status");
  const std::uint64_t answered_badly = bad_status == errors.end() ? 0 : bad_status->second;
  const std::uint64_t total = error_total();
  const std::uint64_t attempts = add_saturating(*completed, total - answered_badly);
  if (attempts == 0) return std::nullopt;
  return static_cast<double>(total) / static_cast<double>(attempts);
}

}  // namespace weft::smp
