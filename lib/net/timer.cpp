#include "lib/net/timer.h"

namespace weft::net {

Timer::~Timer() {
  if (owner_ != nullptr) owner_->remove(slot_);
}

Timers::~Timers() {
  for (const Entry& entry : heap_) entry.timer->owner_ = nullptr;
}

void Timers::set(Timer& timer, base::MonoTime due) {
  timer.due_ = due;
  timer.set_ = true;
  if (timer.owner_ == nullptr) {
    timer.owner_ = this;
    heap_.push_back({due, &timer});
    timer.slot_ = heap_.size() - 1;
    sift_up(timer.slot_);
  } else if (due < heap_[timer.slot_].key) {
    heap_[timer.slot_].key = due;
    sift_up(timer.slot_);
  }
}

void Timers::cancel(Timer& timer) { timer.set_ = false; }

std::optional<base::MonoTime> Timers::next() const {
  if (heap_.empty()) return std::nullopt;
  return heap_.front().key;
}

void Timers::run_due(base::MonoTime now) {
  while (!heap_.empty() && heap_.front().key <= now) {
    Timer& timer = *heap_.front().timer;
    if (timer.set_ && timer.due_ > now) {  // was postponed
      heap_.front().key = timer.due_;
      sift_down(0);
      continue;
    }
    const bool fires = timer.set_;
    remove(0);
    timer.set_ = false;
    if (!fires) continue;
    const auto expired = timer.expired_;  // a copy: the call may destroy the timer
    expired();
  }
}

void Timers::remove(std::size_t slot) {
  heap_[slot].timer->owner_ = nullptr;
  const Entry last = heap_.back();
  heap_.pop_back();
  if (slot == heap_.size()) return;
  place(slot, last);
  sift_up(slot);
  sift_down(last.timer->slot_);
}

void Timers::sift_up(std::size_t slot) {
  const Entry entry = heap_[slot];
  while (slot > 0 && entry.key < heap_[(slot - 1) / 2].key) {
    place(slot, heap_[(slot - 1) / 2]);
    slot = (slot - 1) / 2;
  }
  place(slot, entry);
}

void Timers::sift_down(std::size_t slot) {
  const Entry entry = heap_[slot];
  for (;;) {
    std::size_t child = 2 * slot + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1].key < heap_[child].key) ++child;
    if (entry.key <= heap_[child].key) break;
    place(slot, heap_[child]);
    slot = child;
  }
  place(slot, entry);
}

void Timers::place(std::size_t slot, Entry entry) {
  heap_[slot] = entry;
  entry.timer->slot_ = slot;
}

}  // namespace weft::net
