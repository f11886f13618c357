#include "lib/net/loop.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>

namespace weft::net {

using base::ExitCode;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

base::Result<std::unique_ptr<Loop>> Loop::create(const base::Clock& clock) {
  Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return base::system_error(ExitCode::tool, "cannot create an epoll instance", errno);
  Fd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake) return base::system_error(ExitCode::tool, "cannot create an eventfd", errno);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = static_cast<std::uint64_t>(wake.get());  // generation 0: no watcher has it
  if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, wake.get(), &event) != 0)
    return base::system_error(ExitCode::tool, "cannot watch an eventfd", errno);
  return std::unique_ptr<Loop>(new Loop(clock, std::move(epoll), std::move(wake)));
}

Loop::Loop(const base::Clock& clock, Fd epoll, Fd wake)
    : clock_(clock), epoll_(std::move(epoll)), wake_(std::move(wake)), now_(clock.monotonic()) {}

bool Loop::add(int fd, std::uint32_t events, Watcher& watcher) {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= slots_.size()) slots_.resize(std::max(index + 1, 2 * slots_.size()));
  Slot& slot = slots_[index];
  if (++slot.generation == 0) slot.generation = 1;  // 0 marks the wake-up descriptor
  epoll_event event{};
  event.events = events;
  event.data.u64 = (std::uint64_t{slot.generation} << 32) | static_cast<std::uint32_t>(fd);
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) return false;
  slot.watcher = &watcher;
  return true;
}

void Loop::modify(int fd, std::uint32_t events) {
  const Slot& slot = slots_[static_cast<std::size_t>(fd)];
  epoll_event event{};
  event.events = events;
  event.data.u64 = (std::uint64_t{slot.generation} << 32) | static_cast<std::uint32_t>(fd);
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
}

void Loop::remove(int fd) {
  slots_[static_cast<std::size_t>(fd)].watcher = nullptr;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void Loop::run_once() {
  epoll_event events[256];
  const int count = wait(events, 256);
  now_ = clock_.monotonic();
  for (int i = 0; i < count; ++i) {
    const auto fd = static_cast<std::uint32_t>(events[i].data.u64);
    const auto generation = static_cast<std::uint32_t>(events[i].data.u64 >> 32);
    if (generation == 0) {
      run_posted();
      continue;
    }
    const Slot slot = slots_[fd];
    if (slot.watcher != nullptr && slot.generation == generation)
      slot.watcher->ready(events[i].events);
  }
  timers_.run_due(now_);
}

int Loop::wait(epoll_event* events, int capacity) {
  const auto next = timers_.next();
  if (!next) return ::epoll_wait(epoll_.get(), events, capacity, -1);
  const nanoseconds left = std::max(nanoseconds(0), *next - clock_.monotonic());
  timespec timeout{};
  timeout.tv_sec = static_cast<time_t>(left.count() / 1'000'000'000);
  timeout.tv_nsec = static_cast<long>(left.count() % 1'000'000'000);
  const int count = ::epoll_pwait2(epoll_.get(), events, capacity, &timeout, nullptr);
  if (count >= 0 || errno != ENOSYS) return count;
  // Linux before 5.11 waits in milliseconds only; rounded up, so that no timer fires early.
  const auto rounded = std::chrono::ceil<milliseconds>(left).count();
  return ::epoll_wait(epoll_.get(), events, capacity,
                      static_cast<int>(std::min<std::int64_t>(rounded, 3'600'000)));
}

void Loop::post(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(work));
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
}

void Loop::run_posted() {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(wake_.get(), &count, sizeof count);
  std::vector<std::function<void()>> work;
  {
    const std::lock_guard lock(mutex_);
    work.swap(posted_);
  }
  for (const auto& item : work) item();
}

}  // namespace weft::net
