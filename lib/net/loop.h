// One thread's event loop: readiness of descriptors (epoll, level-triggered), timers with
// nanosecond time-outs, and work posted from other threads.
//
//   WEFT_TRY(loop, net::Loop::create(base::system_clock()));
//   loop->add(fd.get(), EPOLLIN, connection);
//   loop->timers().set(deadline, loop->now() + 10s);
//   while (serving) loop->run_once();
//
// Level-triggered, because a short read then says "nothing more" without a second system call.
#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/net/fd.h"
#include "lib/net/timer.h"

namespace weft::net {

// Told when its descriptor is ready. It may remove and destroy watchers, itself included.
class Watcher {
 public:
  virtual ~Watcher() = default;
  virtual void ready(std::uint32_t epoll_events) = 0;
};

class Loop {
 public:
  static base::Result<std::unique_ptr<Loop>> create(const base::Clock& clock);
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Owned by the caller: remove a descriptor before closing it. add fails when the kernel has
  // no room for one more watch.
  bool add(int fd, std::uint32_t events, Watcher& watcher);
  void modify(int fd, std::uint32_t events);
  void remove(int fd);

  Timers& timers() { return timers_; }
  base::MonoTime now() const { return now_; }  // when this round of events began
  base::MonoTime read_clock() const { return clock_.monotonic(); }
  const base::Clock& clock() const { return clock_; }

  void run_once();  // waits for one round of events and handles it

  // From any thread: `work` is done by the loop's thread, in a round that begins soon.
  void post(std::function<void()> work);

 private:
  Loop(const base::Clock& clock, Fd epoll, Fd wake);
  int wait(epoll_event* events, int capacity);
  void run_posted();

  // A descriptor number is used again right after its close: the generation tells a late event
  // for the old owner from one for the new.
  struct Slot {
    Watcher* watcher = nullptr;
    std::uint32_t generation = 0;
  };

  const base::Clock& clock_;
  Fd epoll_;
  Fd wake_;
  std::vector<Slot> slots_;  // by descriptor
  Timers timers_;
  base::MonoTime now_;
  std::mutex mutex_;
  std::vector<std::function<void()>> posted_;  // guarded by mutex_
};

}  // namespace weft::net
