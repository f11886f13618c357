// A latency histogram of constant size: log-linear cells in HdrHistogram's layout with a lowest
// value of 1 ns, three significant digits and a range of 0 to 2^42 ns (73 min). A reported value
// is off by less than 0.1 % (exact below 2048 ns). Merging adds cells, so it loses nothing:
// threads, intervals, hosts and reruns merge exactly. Values above the range count in the top
// cell and in saturated(); count, min and max are kept exactly. Sums are doubles: exact up to 2^53
// (104 days of latency), rounded to 16 digits beyond. The standard deviation, the root of
// E[x^2] - E[x]^2, is off by less than 1e-7 for any spread over 0.1 % of the mean, and exactly 0
// when all values are equal.
//
//   stats::Histogram latency;
//   latency.record(1'250'000);                 // nanoseconds
//   latency.percentile(99.9);                  // nanoseconds
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace weft::stats {

// The non-empty cells only: some hundred bytes instead of 270 kB, for the many small histograms
// of a run's intervals. Cells ascend.
struct SparseHistogram {
  struct Cell {
    std::uint32_t index = 0;
    std::uint64_t count = 0;
    friend bool operator==(const Cell&, const Cell&) = default;
  };
  std::vector<Cell> cells;
  std::uint64_t count = 0, saturated = 0;
  std::uint64_t min = 0, max = 0;
  double sum = 0, sum_squares = 0;

  void merge(const SparseHistogram& other);
  // Puts eight cells above 2048 ns into one, but for those of the extremes: values are off by less
  // than 0.8 %, and however many there are, 36 octaves of them hold at most 6500 cells. Count, sums
  // and extremes are exact.
  void coarsen();
  friend bool operator==(const SparseHistogram&, const SparseHistogram&) = default;
};

class Histogram {
 public:
  static constexpr unsigned kSubBits = 11;  // 2048 sub-buckets: 3 significant digits
  static constexpr unsigned kMaxBits = 42;
  static constexpr std::uint64_t kMaxValue = (std::uint64_t{1} << kMaxBits) - 1;
  static constexpr std::size_t kCells = (kMaxBits - kSubBits + 2) << (kSubBits - 1);

  Histogram() : cells_(kCells) {}
  explicit Histogram(const SparseHistogram& sparse);

  void record(std::uint64_t ns) { record(ns, 1); }
  void record(std::uint64_t ns, std::uint64_t times) {
    cells_[cell_index(ns)] += times;
    count_ += times;
    if (ns > kMaxValue) [[unlikely]]
      saturated_ += times;
    min_ = std::min(min_, ns);
    max_ = std::max(max_, ns);
    const double value = static_cast<double>(ns), weight = static_cast<double>(times);
    sum_ += value * weight;
    sum_squares_ += value * value * weight;
  }
  void merge(const Histogram& other);
  void merge(const SparseHistogram& other);
  void clear();
  SparseHistogram sparse() const;
  SparseHistogram coarse() const;  // coarsened

  std::uint64_t count() const { return count_; }
  std::uint64_t saturated() const { return saturated_; }
  std::uint64_t min() const { return count_ == 0 ? 0 : min_; }
  std::uint64_t max() const { return max_; }
  double mean() const;    // 0 when empty
  double stddev() const;  // of the population, 0 when empty

  // The smallest value v such that at least p % of the values are <= v: the upper edge of its
  // cell, never above max(). p in 0..100, where 0 gives min() and 100 max(); 0 when empty.
  std::uint64_t percentile(double p) const;
  // How many values lie in the cells up to and including the one of `ns`.
  std::uint64_t count_at_or_below(std::uint64_t ns) const;

  // Non-empty cells, ascending: calls visit(lowest, highest, count), bounds inclusive.
  template <typename Visit>
  void for_each_cell(Visit visit) const {
    for (std::size_t i = 0; i < cells_.size(); ++i)
      if (cells_[i] != 0) visit(cell_low(i), cell_high(i), cells_[i]);
  }

  // Values above the range belong to the top cell.
  static std::size_t cell_index(std::uint64_t ns) {
    constexpr std::uint64_t kExact = (std::uint64_t{1} << kSubBits) - 1;
    ns = std::min(ns, kMaxValue);
    const auto shift = static_cast<unsigned>(std::bit_width(ns | kExact)) - kSubBits;
    return (std::size_t{shift} << (kSubBits - 1)) + static_cast<std::size_t>(ns >> shift);
  }
  static std::uint64_t cell_low(std::size_t index);
  static std::uint64_t cell_high(std::size_t index);

  friend bool operator==(const Histogram&, const Histogram&) = default;

 private:
  std::vector<std::uint64_t> cells_;  // cells 0..2047 are 1 ns wide, each further 1024 twice that
  std::uint64_t count_ = 0;
  std::uint64_t saturated_ = 0;
  std::uint64_t min_ = UINT64_MAX;
  std::uint64_t max_ = 0;
  double sum_ = 0;
  double sum_squares_ = 0;
};

}  // namespace weft::stats
