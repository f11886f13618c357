// How a worker hands what it measured to the control thread without locks: it fills one of two
// slices while the other is read. A worker never waits: as long as the reader has not given the
// other slice back, it goes on filling the same one.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "lib/stats/histogram.h"

namespace weft::load {

inline constexpr std::uint64_t kSliceNs = 250'000'000;

struct Slice {
  std::uint64_t start_ns = 0;  // after the start of the measured part
  std::uint64_t planned = 0;
  std::uint64_t completed = 0;
  std::uint64_t errors = 0;
  std::uint64_t in_flight = 0;  // at its end
  bool warmup = false;          // its latencies are of the warm-up, it has nothing else
  stats::Histogram latency;

  void clear() {
    start_ns = planned = completed = errors = in_flight = 0;
    warmup = false;
    latency.clear();
  }
};

class SliceHandover {
 public:
  // The worker's side.
  Slice& current() { return slices_[filled_.load(std::memory_order_relaxed) % 2]; }
  bool hand_over() {
    const std::uint64_t filled = filled_.load(std::memory_order_relaxed);
    if (read_.load(std::memory_order_acquire) != filled) return false;
    filled_.store(filled + 1, std::memory_order_release);
    return true;
  }

  // The reader's side: the slice handed over, if any; read() clears it and gives it back.
  template <typename Reader>
  void read(Reader reader) {
    const std::uint64_t next = read_.load(std::memory_order_relaxed);
    if (next == filled_.load(std::memory_order_acquire)) return;
    Slice& slice = slices_[next % 2];
    reader(slice);
    slice.clear();
    read_.store(next + 1, std::memory_order_release);
  }

 private:
  std::array<Slice, 2> slices_;
  alignas(64) std::atomic<std::uint64_t> filled_{0};
  alignas(64) std::atomic<std::uint64_t> read_{0};
};

}  // namespace weft::load
