// Waits for sockets or for a moment, whichever comes first, and hits the moment closely: it goes to
// sleep until a little before, then polls. How much before follows the lateness of this machine's
// wake-ups (their 99th percentile, at most 200 us), within a budget: when work and polling
// together take more than 60 % of a CPU, polling gives way.
//
//   const auto events = waiter.wait(now, next_send, true);
//   now = monotonic_ns();  waiter.woke(now);
#pragma once

#include <sys/epoll.h>
#include <time.h>

#include <array>
#include <cstdint>
#include <span>

#include "lib/net/fd.h"

namespace weft::load {

// The engine's clock, read directly: it is what the engine measures with. Never steps.
inline std::uint64_t monotonic_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(time.tv_nsec);
}

class Waiter {
 public:
  // `may_poll`: false where polling would take the CPU from the target itself.
  explicit Waiter(bool may_poll);

  bool ok() const { return static_cast<bool>(epoll_); }
  int epoll() const { return epoll_.get(); }

  // Returns at `until` at the latest, without events. Not precise: a lateness of some tens of
  // microseconds does not matter (timeouts, housekeeping).
  std::span<const epoll_event> wait(std::uint64_t now, std::uint64_t until, bool precise);
  // The time after wait() returned: what adaptation and the account of idle time live on.
  void woke(std::uint64_t now);

  // Since the start: asleep or polling, and asleep for more than 1 ms longer than asked for.
  std::uint64_t idle_ns() const { return idle_ns_; }
  std::uint64_t overslept_ns() const { return overslept_ns_; }

 private:
  void adapt(std::uint64_t now);

  net::Fd epoll_;
  bool may_poll_;
  bool nanoseconds_ = true;  // epoll_pwait2 is there (Linux 5.11, not blocked)
  std::array<epoll_event, 256> events_;

  std::uint64_t before_ = 0;  // the last wait: when it began,
  std::uint64_t alarm_ = 0;   // when it was to end at the latest
  bool polled_ = false;
  bool by_event_ = false;
  std::uint64_t idle_ns_ = 0;
  std::uint64_t overslept_ns_ = 0;

  double lateness_ns_ = 60'000;  // running estimate of the 99th percentile
  double allowed_ns_ = 200'000;  // what the budget permits
  std::uint64_t window_start_ = 0;
  std::uint64_t window_asleep_ns_ = 0;
};

}  // namespace weft::load
