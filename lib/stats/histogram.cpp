#include "lib/stats/histogram.h"

#include <cassert>
#include <cmath>
#include <limits>

namespace weft::stats {
namespace {

// Cells of one width come in halves of this many; the first two halves are both 1 ns wide.
constexpr std::size_t kHalf = std::size_t{1} << (Histogram::kSubBits - 1);

unsigned width_shift(std::size_t index) {
  return index < 2 * kHalf ? 0 : static_cast<unsigned>(index / kHalf - 1);
}

// The 1-based rank of the value that percentile p asks for. 99.9 has no exact double, so a
// product within a few units in the last place of a whole number counts as that number.
std::uint64_t rank_of(double p, std::uint64_t count) {
  const double exact = p / 100 * static_cast<double>(count);
  const double slack = 4 * std::numeric_limits<double>::epsilon() * exact;
  return std::clamp<std::uint64_t>(static_cast<std::uint64_t>(std::ceil(exact - slack)), 1, count);
}

}  // namespace

void SparseHistogram::merge(const SparseHistogram& other) {
  if (other.count == 0) return;
  std::vector<Cell> merged;
  merged.reserve(cells.size() + other.cells.size());
  auto mine = cells.begin();
  auto theirs = other.cells.begin();
  while (mine != cells.end() || theirs != other.cells.end()) {
    if (theirs == other.cells.end() || (mine != cells.end() && mine->index < theirs->index)) {
      merged.push_back(*mine++);
    } else if (mine == cells.end() || theirs->index < mine->index) {
      merged.push_back(*theirs++);
    } else {
      merged.push_back({mine->index, mine->count + theirs->count});
      ++mine, ++theirs;
    }
  }
  cells = std::move(merged);
  min = count == 0 ? other.min : std::min(min, other.min);
  max = std::max(max, other.max);
  count += other.count;
  saturated += other.saturated;
  sum += other.sum;
  sum_squares += other.sum_squares;
}

void SparseHistogram::coarsen() {
  constexpr std::uint32_t kGroup = 8, kMiddle = 3;  // of 0 to 7
  if (cells.empty()) return;
  // The cells of the extremes stay: readers expect them.
  const std::uint32_t first = cells.front().index, last = cells.back().index;
  auto end = cells.begin();
  for (auto cell : cells) {
    if (cell.index >= 2 * kHalf && cell.index != first && cell.index != last)
      cell.index = std::clamp(cell.index / kGroup * kGroup + kMiddle, first, last);
    if (end != cells.begin() && std::prev(end)->index == cell.index)
      std::prev(end)->count += cell.count;
    else
      *end++ = cell;
  }
  cells.erase(end, cells.end());
}

Histogram::Histogram(const SparseHistogram& sparse) : Histogram() { merge(sparse); }

void Histogram::merge(const Histogram& other) {
  for (std::size_t i = 0; i < kCells; ++i) cells_[i] += other.cells_[i];
  count_ += other.count_;
  saturated_ += other.saturated_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
  sum_squares_ += other.sum_squares_;
}

void Histogram::merge(const SparseHistogram& other) {
  if (other.count == 0) return;
  for (const auto& cell : other.cells) {
    assert(cell.index < kCells);
    cells_[cell.index] += cell.count;
  }
  count_ += other.count;
  saturated_ += other.saturated;
  min_ = std::min(min_, other.min);
  max_ = std::max(max_, other.max);
  sum_ += other.sum;
  sum_squares_ += other.sum_squares;
}

void Histogram::clear() {
  std::fill(cells_.begin(), cells_.end(), 0);
  count_ = saturated_ = max_ = 0;
  min_ = UINT64_MAX;
  sum_ = sum_squares_ = 0;
}

SparseHistogram Histogram::sparse() const {
  SparseHistogram sparse{.cells = {},
                         .count = count_,
                         .saturated = saturated_,
                         .min = min(),
                         .max = max_,
                         .sum = sum_,
                         .sum_squares = sum_squares_};
  if (count_ == 0) return sparse;
  const std::size_t last = cell_index(max_);
  for (std::size_t i = cell_index(min_); i <= last; ++i)
    if (cells_[i] != 0) sparse.cells.push_back({static_cast<std::uint32_t>(i), cells_[i]});
  return sparse;
}

SparseHistogram Histogram::coarse() const {
  SparseHistogram coarse = sparse();
  coarse.coarsen();
  coarse.cells.shrink_to_fit();
  return coarse;
}

double Histogram::mean() const { return count_ == 0 ? 0 : sum_ / static_cast<double>(count_); }

double Histogram::stddev() const {
  if (count_ == 0 || min_ == max_) return 0;
  const double average = mean();
  const double variance = sum_squares_ / static_cast<double>(count_) - average * average;
  return std::sqrt(std::max(variance, 0.0));
}

std::uint64_t Histogram::percentile(double p) const {
  if (!(p > 0)) return min();
  if (p >= 100 || count_ == 0) return max_;
  const std::uint64_t rank = rank_of(p, count_);
  std::uint64_t seen = 0;
  const std::size_t top = cell_index(max_);
  for (std::size_t i = cell_index(min_); i < top; ++i) {
    seen += cells_[i];
    if (seen >= rank) return cell_high(i);
  }
  return max_;  // also the only edge known for a top cell that holds values above the range
}

std::uint64_t Histogram::count_at_or_below(std::uint64_t ns) const {
  std::uint64_t seen = 0;
  const std::size_t last = cell_index(ns);
  for (std::size_t i = 0; i <= last; ++i) seen += cells_[i];
  return seen;
}

std::uint64_t Histogram::cell_low(std::size_t index) {
  const unsigned shift = width_shift(index);
  return static_cast<std::uint64_t>(index - shift * kHalf) << shift;
}

std::uint64_t Histogram::cell_high(std::size_t index) {
  return cell_low(index) + (std::uint64_t{1} << width_shift(index)) - 1;
}

}  // namespace weft::stats
