#include "lib/stats/resample.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

namespace weft::stats {
namespace {

constexpr double kShortestBlockSeconds = 3;
constexpr std::size_t kMaxSlices = 512;
constexpr std::size_t kMaxTable = std::size_t{4} << 20;  // entries: 32 MB

std::vector<std::uint32_t> occupied_cells(std::span<const Interval> intervals) {
  std::vector<bool> occupied(Histogram::kCells, false);
  for (const auto& interval : intervals)
    for (const auto& cell : interval.latency.cells) occupied[cell.index] = true;
  std::vector<std::uint32_t> cells;
  for (std::uint32_t i = 0; i < occupied.size(); ++i)
    if (occupied[i]) cells.push_back(i);
  return cells;
}

// Four sums at a time: one sum would wait for each addition to finish. Most time is spent here.
double dot(const double* a, std::span<const double> b) {
  double sums[4] = {0, 0, 0, 0};
  std::size_t i = 0;
  for (; i + 4 <= b.size(); i += 4)
    for (std::size_t k = 0; k < 4; ++k) sums[k] += a[i + k] * b[i + k];
  for (; i < b.size(); ++i) sums[0] += a[i] * b[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace

Slices::Slices(std::span<const Interval> intervals, double unanswered)
    : cells_(occupied_cells(intervals)) {
  const std::size_t limit =
      std::clamp(kMaxTable / std::max<std::size_t>(1, cells_.size()), std::size_t{60}, kMaxSlices);
  const std::size_t joined = std::max<std::size_t>(1, (intervals.size() + limit - 1) / limit);
  size_ = (intervals.size() + joined - 1) / joined;
  for (auto* series : {&seconds_, &completed_, &errors_, &attempts_, &answers_, &latency_sum_})
    series->resize(size_);
  at_or_below_.resize(cells_.size() * size_);

  for (std::size_t i = 0; i < intervals.size(); ++i) {
    const Interval& interval = intervals[i];
    const std::size_t s = i / joined;
    const auto completed = static_cast<double>(interval.completed);
    const auto errors = static_cast<double>(interval.errors);
    seconds_[s] += interval.duration_s;
    completed_[s] += completed;
    errors_[s] += errors;
    attempts_[s] += completed + unanswered * errors;
    answers_[s] += static_cast<double>(interval.latency.count);
    latency_sum_[s] += interval.latency.sum;
    max_ = std::max(max_, static_cast<double>(interval.latency.max));
    auto row = cells_.begin();
    for (const auto& cell : interval.latency.cells) {
      row = std::lower_bound(row, cells_.end(), cell.index);
      at_or_below_[static_cast<std::size_t>(row - cells_.begin()) * size_ + s] +=
          static_cast<double>(cell.count);
    }
  }
  for (std::size_t i = size_; i < at_or_below_.size(); ++i)
    at_or_below_[i] += at_or_below_[i - size_];

  if (size_ == 0) return;
  std::vector<double> means(size_);
  for (std::size_t s = 0; s < size_; ++s)
    means[s] = std::log1p(answers_[s] > 0 ? latency_sum_[s] / answers_[s] : 0);
  const double slice_seconds =
      std::accumulate(seconds_.begin(), seconds_.end(), 0.0) / static_cast<double>(size_);
  const double shortest = std::ceil(kShortestBlockSeconds / std::max(slice_seconds, 1e-6));
  block_ = std::max(static_cast<std::size_t>(shortest), block_length(means));
}

double Slices::block_seconds() const {
  return size_ == 0 ? 0
                    : static_cast<double>(block_) / static_cast<double>(size_) *
                          std::accumulate(seconds_.begin(), seconds_.end(), 0.0);
}

double Slices::blocks() const {
  return size_ == 0 ? 0 : static_cast<double>(size_) / static_cast<double>(block_);
}

double Slices::answers() const { return std::accumulate(answers_.begin(), answers_.end(), 0.0); }

std::optional<double> Slices::figure(const Metric& metric, std::span<const double> weights) const {
  const auto ratio = [&](const std::vector<double>& part,
                         const std::vector<double>& whole) -> std::optional<double> {
    const double divisor = dot(whole.data(), weights);
    return divisor > 0 ? std::optional(dot(part.data(), weights) / divisor) : std::nullopt;
  };
  switch (metric.kind) {
    case MetricKind::percentile:
      return dot(answers_.data(), weights) > 0
                 ? std::optional(percentile(metric.percentile, weights))
                 : std::nullopt;
    case MetricKind::mean:
      return ratio(latency_sum_, answers_);
    case MetricKind::errors:
      return ratio(errors_, attempts_);
    case MetricKind::throughput:
      return ratio(completed_, seconds_);
    case MetricKind::max:
    case MetricKind::lag:
      break;
  }
  return std::nullopt;
}

double Slices::percentile(double p, std::span<const double> weights) const {
  const double total = dot(at_or_below_.data() + (cells_.size() - 1) * size_, weights);
  const double rank = p / 100 * total * (1 - 4 * std::numeric_limits<double>::epsilon());
  std::size_t low = 0, high = cells_.size() - 1;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (dot(at_or_below_.data() + middle * size_, weights) >= rank)
      high = middle;
    else
      low = middle + 1;
  }
  return std::min(static_cast<double>(Histogram::cell_high(cells_[low])), max_);
}

std::vector<std::vector<double>> resample(const Slices& slices, std::span<const Metric> metrics,
                                          std::size_t replicates, std::uint64_t seed) {
  std::vector<std::vector<double>> figures(metrics.size(), std::vector<double>(replicates));
  const std::size_t size = slices.size();
  std::mt19937_64 random(seed);
  std::vector<double> weights(size);
  for (std::size_t r = 0; r < replicates; ++r) {
    std::fill(weights.begin(), weights.end(), 0);
    for (std::size_t drawn = 0; drawn < size;) {
      const auto start = static_cast<std::size_t>((random() >> 32) * size >> 32);
      for (std::size_t k = 0; k < slices.block() && drawn < size; ++k, ++drawn)
        weights[(start + k) % size] += 1;
    }
    for (std::size_t m = 0; m < metrics.size(); ++m)
      figures[m][r] =
          slices.figure(metrics[m], weights).value_or(std::numeric_limits<double>::quiet_NaN());
  }
  return figures;
}

}  // namespace weft::stats
