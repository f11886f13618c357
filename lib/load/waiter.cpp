#include "lib/load/waiter.h"

#include <algorithm>
#include <cerrno>

namespace weft::load {
namespace {

constexpr double kMaxEarly = 200'000;
constexpr double kStep = 4'000;  // of the estimate of wake-up lateness, ns
constexpr std::uint64_t kOversleep = 1'000'000;
constexpr std::uint64_t kWindow = 10'000'000;
constexpr double kBudget = 0.6;  // of a CPU

}  // namespace

Waiter::Waiter(bool may_poll) : epoll_(::epoll_create1(EPOLL_CLOEXEC)), may_poll_(may_poll) {}

std::span<const epoll_event> Waiter::wait(std::uint64_t now, std::uint64_t until, bool precise) {
  std::uint64_t sleep = until > now ? until - now : 0;
  if (precise && may_poll_) {
    const auto early = static_cast<std::uint64_t>(std::min(lateness_ns_, allowed_ns_));
    sleep = sleep > early ? sleep - early : 0;
  }
  before_ = now;
  alarm_ = now + sleep;
  polled_ = sleep == 0;
  const auto room = static_cast<int>(events_.size());
  int n = 0;
  if (nanoseconds_) {
    const timespec timeout{static_cast<time_t>(sleep / 1'000'000'000),
                           static_cast<long>(sleep % 1'000'000'000)};
    n = ::epoll_pwait2(epoll(), events_.data(), room, &timeout, nullptr);
    if (n < 0 && errno != EINTR) nanoseconds_ = false;
  } else {
    // Whole milliseconds, rounded down: the rest is polled.
    n = ::epoll_wait(epoll(), events_.data(), room, static_cast<int>(sleep / 1'000'000));
  }
  by_event_ = n != 0;
  return {events_.data(), static_cast<std::size_t>(std::max(n, 0))};
}

void Waiter::woke(std::uint64_t now) {
  const std::uint64_t waited = now - before_;
  const std::uint64_t late = now > alarm_ ? now - alarm_ : 0;
  idle_ns_ += waited;
  if (late > kOversleep) overslept_ns_ += late;
  if (!polled_) {
    window_asleep_ns_ += waited;
    if (!by_event_ && nanoseconds_) {
      // Steps up 99 times as far as down come to rest at the 99th percentile.
      lateness_ns_ += static_cast<double>(late) > lateness_ns_ ? 0.99 * kStep : -0.01 * kStep;
      lateness_ns_ = std::clamp(lateness_ns_, 0.0, kMaxEarly);
    }
  }
  if (now - window_start_ >= kWindow) adapt(now);
}

void Waiter::adapt(std::uint64_t now) {
  const auto window = static_cast<double>(now - window_start_);
  const double awake = 1 - static_cast<double>(window_asleep_ns_) / window;
  allowed_ns_ = std::clamp(allowed_ns_ * (awake > kBudget ? 0.7 : 1.1), 1'000.0, kMaxEarly);
  window_start_ = now;
  window_asleep_ns_ = 0;
}

}  // namespace weft::load
