// The connections of a worker: opened before the start and beside the load, replaced on request.
#include <sys/prctl.h>

#include <algorithm>

#include "lib/load/worker.h"

namespace weft::load {
namespace {

constexpr std::uint64_t kOpeningLimit = 1'000'000'000;
constexpr std::uint32_t kSparesAtOnce = 8;  // connecting; a server's backlog may be short

}  // namespace

void Worker::open_connections() {
  ::prctl(PR_SET_TIMERSLACK, 1);
  now_ = monotonic_ns();
  if (!plan_.keepalive) return;
  const std::uint64_t limit = now_ + std::min(kOpeningLimit, plan_.timeout_ns);
  std::uint64_t next_open = now_;
  const std::size_t wanted = slots_.size() - plan_.spares;
  std::size_t opened = 0;
  while (now_ < limit && !stop_.requested()) {
    for (; opened < wanted && now_ >= next_open; ++opened) {
      const std::uint32_t index = regular_.closed.front();
      regular_.closed.remove(index);
      open(index);
      if (opened < plan_.connections) next_open += plan_.open_gap_ns;
    }
    dispatch();
    const bool all_begun = opened == wanted;
    if (all_begun && active_.empty()) return;
    turn(std::min({all_begun ? limit : next_open, limit, now_ + kHeartbeatNs}), false);
  }
}

// The request does not wait for it: it takes whatever connection is free first.
void Worker::add_spare() {
  if (spare_.closed.empty() || spares_opening_ >= kSparesAtOnce) return;
  const std::uint32_t index = spare_.closed.front();
  spare_.closed.remove(index);
  ++spares_opening_;
  open(index);
}

void Worker::open(std::uint32_t index) {
  Slot& slot = slots_[index];
  slot.state = State::connecting;
  slot.reused = false;
  slot.answers = 0;
  slot.opened_ns = now_;
  slot.deadline_ns = now_ + plan_.timeout_ns;
  active_.push_back(index);
  on_event(index, lines_.open(index));
}

void Worker::on_linked(Slot& slot) {
  totals_.connect_time.record(now_ - slot.opened_ns);
  slot.opened_ns = now_;
}

void Worker::on_connected(Slot& slot, std::uint32_t index) {
  (wire_.tls != nullptr ? totals_.handshake_time : totals_.connect_time)
      .record(now_ - slot.opened_ns);
  on_joined(slot, index);
}

void Worker::on_joined(Slot& slot, std::uint32_t index) {
  if (slot.has_request) return transmit(slot, index);
  if (is_spare(index)) --spares_opening_;
  active_.remove(index);
  settle(index, State::idle);
}

void Worker::on_closed(Slot& slot, std::uint32_t index) {
  if (slot.state == State::idle) pool(index).idle.remove(index);
  if (slot.state == State::idle || slot.state == State::barred) settle(index, State::closed);
}

// The plan says that its connection has had its day.
bool Worker::worn_out(const Slot& slot) const {
  return slot.answers >= plan_.max_requests || now_ - slot.opened_ns >= plan_.max_age_ns;
}

// Opens a closed connection again, beside the load; a spare one waits until it is needed.
void Worker::renew(std::uint32_t index) {
  if (is_spare(index) || !more_to_send()) return;
  regular_.closed.remove(index);
  open(index);
}

void Worker::churn() {
  churn_at_ = std::max(churn_at_ + plan_.churn_gap_ns, now_);
  if (regular_.idle.empty()) return;
  const std::uint32_t index = regular_.idle.front();
  regular_.idle.remove(index);
  settle(index, State::closed);
  renew(index);
}

}  // namespace weft::load
