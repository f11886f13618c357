// Has a target warmed up? MSER-5 on the medians of short periods (K. P. White, An effective
// truncation heuristic for bias reduction in simulation output, Simulation 69, 1997): means of five
// medians each; the start to leave out is the one without which the mean of the rest has the
// smallest squared standard error. Where that is more than half of all, it cannot be told yet.
//
//   Settling settling;
//   settling.add(median_ns);              // every period
//   if (const auto cut = settling.cut()) ...   // so many periods at the start were not settled
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace weft::load {

class Settling {
 public:
  static constexpr std::size_t kBatch = 5;
  static constexpr std::size_t kLeastBatches = 8;

  void add(double median_ns);
  std::optional<std::size_t> cut() const;

 private:
  double sum_ = 0;  // of the batch that is not full
  std::size_t in_batch_ = 0;
  std::vector<double> batches_;  // means
};

}  // namespace weft::load
