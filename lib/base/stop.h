// A request to stop: set by a signal handler or another thread, polled by whoever does the work.
#pragma once

#include <atomic>

namespace weft::base {

class StopFlag {
 public:
  void request(int signal = 0) { signal_.store(signal == 0 ? kRequested : signal); }
  bool requested() const { return signal_.load(std::memory_order_relaxed) != 0; }
  int signal() const {  // 0 when the request did not come from a signal
    const int value = signal_.load();
    return value == kRequested ? 0 : value;
  }

 private:
  static constexpr int kRequested = -1;
  std::atomic<int> signal_{0};  // lock-free: may be set inside a signal handler
};

}  // namespace weft::base
