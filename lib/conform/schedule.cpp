#include "lib/conform/schedule.h"

#include <algorithm>

namespace weft::conform {

bool Schedule::may_run(std::size_t test) const {
  const Slot& wanted = tests_[test];
  if (states_[test] != State::waiting || !ready_[wanted.stage]) return false;
  for (std::size_t i = 0; i < tests_.size(); ++i) {
    // An exclusive test waits until all before it are done, and holds up all behind it.
    const bool before = i < test && states_[i] != State::done;
    if (before &&
        (wanted.isolation == Isolation::exclusive || tests_[i].isolation == Isolation::exclusive))
      return false;
    if (states_[i] != State::running) continue;
    const bool shared =
        wanted.isolation == Isolation::service && tests_[i].isolation == Isolation::service;
    if (tests_[i].isolation == Isolation::exclusive || (tests_[i].stage == wanted.stage && !shared))
      return false;
  }
  return true;
}

std::optional<std::size_t> Schedule::next() {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (ended_ || std::ranges::count(states_, State::waiting) == 0) return std::nullopt;
    for (std::size_t i = 0; i < tests_.size(); ++i) {
      if (!may_run(i)) continue;
      states_[i] = State::running;
      return i;
    }
    changed_.wait(lock);
  }
}

void Schedule::done(std::size_t test) {
  {
    const std::lock_guard lock(mutex_);
    states_[test] = State::done;
  }
  changed_.notify_all();
}

void Schedule::ready(std::size_t stage) {
  {
    const std::lock_guard lock(mutex_);
    ready_[stage] = true;
  }
  changed_.notify_all();
}

void Schedule::end() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
}

}  // namespace weft::conform
