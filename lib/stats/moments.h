// Mean and variance of a stream of numbers in constant space, one pass (Welford 1962); two streams
// are pooled by the formula of Chan, Golub and LeVeque (1979).
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>

namespace weft::stats {

class Moments {
 public:
  void add(double value) {
    ++count_;
    const double off = value - mean_;
    mean_ += off / static_cast<double>(count_);
    squares_ += off * (value - mean_);
  }
  void merge(const Moments& other) {
    if (other.count_ == 0) return;
    const auto own = static_cast<double>(count_), theirs = static_cast<double>(other.count_);
    const double off = other.mean_ - mean_;
    count_ += other.count_;
    mean_ += off * theirs / (own + theirs);
    squares_ += other.squares_ + off * off * own * theirs / (own + theirs);
  }

  std::uint64_t count() const { return count_; }
  double mean() const { return mean_; }
  // Of the population over the mean: 0 of a metronome, 1 of a Poisson process's gaps. Absent below
  // two values and where the mean is not positive.
  std::optional<double> coefficient_of_variation() const {
    if (count_ < 2 || mean_ <= 0) return std::nullopt;
    return std::sqrt(squares_ / static_cast<double>(count_)) / mean_;
  }

 private:
  std::uint64_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0;  // sum of squared distances from the mean
};

}  // namespace weft::stats
