// Timers of one event loop: a binary heap in which postponing is free. A connection moves its
// deadline at every request; the heap entry stays where it is and is put right only when it
// comes up early.
//
//   net::Timers timers;
//   net::Timer deadline([this] { close(); });
//   timers.set(deadline, now + 10s);
//   timers.run_due(now);
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "lib/base/clock.h"

namespace weft::net {

class Timers;

// Must be cancelled (or destroyed) before the Timers it was set in.
class Timer {
 public:
  explicit Timer(std::function<void()> expired) : expired_(std::move(expired)) {}
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  bool is_set() const { return set_; }
  base::MonoTime due() const { return due_; }  // meaningful while set

 private:
  friend class Timers;
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

  std::function<void()> expired_;
  base::MonoTime due_{};
  Timers* owner_ = nullptr;  // null while not in a heap
  std::size_t slot_ = kNowhere;
  bool set_ = false;  // a cancelled timer may still occupy its slot
};

class Timers {
 public:
  Timers() = default;
  ~Timers();
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  void set(Timer& timer, base::MonoTime due);
  void cancel(Timer& timer);

  // When to look again: no timer is due before that moment.
  std::optional<base::MonoTime> next() const;
  // Calls every timer due at `now`, earliest first. A timer is not set any more when it is
  // called; it may set, cancel and destroy timers, itself included.
  void run_due(base::MonoTime now);
  std::size_t size() const { return heap_.size(); }

 private:
  friend class Timer;
  struct Entry {
    base::MonoTime key;  // never later than timer->due()
    Timer* timer;
  };

  void remove(std::size_t slot);
  void sift_up(std::size_t slot);
  void sift_down(std::size_t slot);
  void place(std::size_t slot, Entry entry);

  std::vector<Entry> heap_;
};

}  // namespace weft::net
