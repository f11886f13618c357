// Circular block bootstrap over the time slices of one run: what its figures could have been, had
// the same process run again. Resampling whole blocks of seconds keeps the correlation between
// neighbouring answers that makes tests on single answers raise false alarms.
// D. N. Politis, J. P. Romano, "A circular block-resampling procedure for stationary data" (1992).
//
//   const stats::Slices slices(intervals);
//   auto replicates = stats::resample(slices, metrics, 2000, 1);
//   replicates[m][r];                          // metric m in replicate r
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lib/stats/interval.h"
#include "lib/stats/metric.h"

namespace weft::stats {

// The slices of a run laid out for weighted sums: for every cell of the run's latencies, how many
// answers of each slice lie at or below it. Long runs are joined into fewer, longer slices.
class Slices {
 public:
  // `unanswered` is the share of the errors that count no answer: attempts are answers plus these.
  explicit Slices(std::span<const Interval> intervals, double unanswered = 0);

  std::size_t size() const { return size_; }    // how many
  std::size_t block() const { return block_; }  // in slices
  double block_seconds() const;
  double blocks() const;  // in the run; 0 for an empty one
  double answers() const;

  // A figure when slice s counts weights[s] times; absent when no answer has weight, and for
  // metrics that slices do not carry.
  std::optional<double> figure(const Metric& metric, std::span<const double> weights) const;

 private:
  double percentile(double p, std::span<const double> weights) const;

  std::size_t size_ = 0;
  std::size_t block_ = 0;
  std::vector<double> seconds_, completed_, errors_, attempts_, answers_, latency_sum_;
  std::vector<std::uint32_t> cells_;  // occupied by any slice, ascending
  std::vector<double> at_or_below_;   // cells_.size() rows of size() slices
  double max_ = 0;
};

// The block length, in slices, for a series with this correlation over time: at least 1, at most
// a quarter of the series. D. N. Politis, H. White, "Automatic block-length selection for the
// dependent bootstrap" (2004), with the correction of Patton, Politis and White (2009).
std::size_t block_length(std::span<const double> series);

// One row of figures for each metric; a replicate without a figure is NaN. The same seed gives the
// same replicates on every machine.
std::vector<std::vector<double>> resample(const Slices& slices, std::span<const Metric> metrics,
                                          std::size_t replicates, std::uint64_t seed);

}  // namespace weft::stats
