#include "lib/load/settling.h"

namespace weft::load {

void Settling::add(double median_ns) {
  sum_ += median_ns;
  if (++in_batch_ < kBatch) return;
  batches_.push_back(sum_ / static_cast<double>(kBatch));
  sum_ = 0;
  in_batch_ = 0;
}

std::optional<std::size_t> Settling::cut() const {
  constexpr std::size_t kLeastRest = 3;  // fewer agree by chance
  const std::size_t count = batches_.size();
  if (count < kLeastBatches) return std::nullopt;
  std::size_t best = 0;
  double least = 0;
  for (std::size_t cut = 0; cut + kLeastRest <= count; ++cut) {
    const auto rest = static_cast<double>(count - cut);
    double mean = 0, squares = 0;
    for (std::size_t i = cut; i < count; ++i) mean += batches_[i] / rest;
    for (std::size_t i = cut; i < count; ++i)
      squares += (batches_[i] - mean) * (batches_[i] - mean);
    const double error = squares / (rest * rest);
    if (cut > 0 && error >= least) continue;
    best = cut;
    least = error;
  }
  if (best > count / 2) return std::nullopt;
  return best * kBatch;
}

}  // namespace weft::load
