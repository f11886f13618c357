#include <algorithm>
#include <cmath>

#include "lib/stats/resample.h"

namespace weft::stats {
namespace {

// Autocovariances of lags 0..limit.
std::vector<double> autocovariance(std::span<const double> series, std::size_t limit) {
  const auto n = static_cast<double>(series.size());
  double mean = 0;
  for (double value : series) mean += value / n;
  std::vector<double> covariance(limit + 1, 0);
  for (std::size_t lag = 0; lag <= limit; ++lag)
    for (std::size_t i = lag; i < series.size(); ++i)
      covariance[lag] += (series[i] - mean) * (series[i - lag] - mean) / n;
  return covariance;
}

// The last lag before a stretch in which no correlation stands out of the noise.
std::size_t last_significant_lag(const std::vector<double>& covariance, double n) {
  const double noise = 2 * std::sqrt(std::log10(n) / n) * covariance[0];
  constexpr std::size_t kStretch = 5;
  std::size_t quiet = 0;
  for (std::size_t lag = 1; lag < covariance.size(); ++lag) {
    quiet = std::fabs(covariance[lag]) < noise ? quiet + 1 : 0;
    if (quiet == kStretch) return lag - kStretch;
  }
  return covariance.size() - 1 - quiet;
}

}  // namespace

std::size_t block_length(std::span<const double> series) {
  const std::size_t longest = std::max<std::size_t>(1, series.size() / 4);
  const auto [least, most] = std::minmax_element(series.begin(), series.end());
  if (longest == 1 || *least == *most) return 1;
  const auto n = static_cast<double>(series.size());
  const auto covariance = autocovariance(series, series.size() / 2);

  const std::size_t lag = last_significant_lag(covariance, n);
  const std::size_t window = std::min(2 * std::max<std::size_t>(lag, 1), covariance.size() - 1);
  double spread = 0, variance = covariance[0];
  for (std::size_t k = 1; k <= window; ++k) {
    const double share = static_cast<double>(k) / static_cast<double>(window);
    const double flat_top = share <= 0.5 ? 1 : 2 * (1 - share);
    spread += 2 * flat_top * static_cast<double>(k) * covariance[k];
    variance += 2 * flat_top * covariance[k];
  }
  if (variance <= 0) return 1;
  const double best = std::cbrt(1.5 * spread * spread / (variance * variance) * n);
  return std::clamp(static_cast<std::size_t>(std::ceil(best)), std::size_t{1}, longest);
}

}  // namespace weft::stats
