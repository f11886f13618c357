#include "lib/load/worker.h"

#include <algorithm>

namespace weft::load {
namespace {

constexpr std::uint64_t kMillisecond = 1'000'000;
constexpr std::uint64_t kDrainLimit = 1000 * kMillisecond;  // for waiting arrivals after the end
constexpr std::uint64_t kStopGrace = 200 * kMillisecond;    // for answers after a stop request
constexpr int kLaunchesPerTurn = 64;  // then answers have a turn, however much is due

std::uint64_t after(std::uint64_t start, std::uint64_t span) {
  return span > kNever - start ? kNever : start + span;
}

// Several streams each, of several connections.
bool shares_connections(const WorkerPlan& plan) {
  return plan.protocol == Protocol::http2 && plan.streams > 1 && plan.connections > 1;
}

}  // namespace

Worker::Worker(const WorkerPlan& plan, const base::StopFlag& stop)
    : plan_(plan),
      stop_(stop),
      bad_status_(plan.grpc != nullptr ? 1 : 400),
      waiter_(plan.may_poll),
      slots_(std::size_t{plan.connections} * plan.streams + plan.spares),
      composer_(*plan.mix, {plan.worker, plan.workers, plan.seed, slots_.size()}),
      lines_(wire_, plan.protocol, plan.grpc, plan.connections + plan.spares, plan.streams),
      regular_(slots_, shares_connections(plan) && plan.schedule ? plan.connections : 0),
      spare_(slots_),
      active_(slots_),
      resting_(slots_),
      requests_left_(plan.requests),
      // Refused connections must not spin the CPU: at most 10 000 new attempts a second.
      rest_ns_(std::max<std::uint64_t>(20, plan.connections / 10) * kMillisecond) {
  wire_.epoll = waiter_.epoll();
  wire_.addresses = plan.addresses;
  wire_.local_addresses = plan.local_addresses;
  wire_.tunnel = plan.tunnel;
  wire_.tls = plan.tls;
  if (composer_.plain()) wire_.message = &composer_.message(0);
  wire_.keepalive = plan.keepalive;
  if (plan.mix->groups.size() > 1)
    for (const std::string& name : plan.mix->groups) totals_.groups.push_back({.name = name});
  for (std::uint32_t index = 0; index < slots_.size(); ++index) pool(index).closed.push_back(index);
}

void Worker::run(std::uint64_t start_ns) {
  start_ = start_ns;
  measure_from(start_ns + plan_.warmup_ns);
  slice_end_ = plan_.measure_from == nullptr ? measured_from_ : start_ns + kSliceNs;
  if (plan_.measure_from != nullptr) warmup_latency_.emplace();
  churn_at_ = after(start_ns, plan_.churn_gap_ns);
  if (plan_.schedule) {
    schedule_.emplace(*plan_.schedule);
    if (plan_.warmup_ns > 0) {
      Share share = *plan_.schedule;
      share.end_ns = plan_.warmup_ns;
      share.requests = kNever;
      share.trace = {};
      share.pace = nullptr;
      share.seed = ~share.seed;
      warmup_.emplace(share);
    }
  }
  find_next_due();
  now_ = monotonic_ns();
  bool sending = true;
  while (!finished()) {
    if (stopped_at_ == kNever && must_stop()) stopped_at_ = now_;
    if (sending && !more_to_send()) {
      sending = false;
      stop_measuring();
    }
    dispatch();
    bool precise = false;
    const std::uint64_t wake = next_wake(precise);
    turn(wake, precise);
  }
  if (sending) stop_measuring();
  finish();
}

void Worker::measure_from(std::uint64_t time) {
  measured_from_ = time;
  end_ = after(measured_from_, plan_.end_ns);
  give_up_ = after(end_, std::min(kDrainLimit, plan_.timeout_ns));
}

// One pass of the loop: wait, then handle what came, sending what is due before each event.
void Worker::turn(std::uint64_t wake, bool precise) {
  const auto events = waiter_.wait(now_, wake, precise);
  now_ = monotonic_ns();
  waiter_.woke(now_);
  for (const epoll_event& event : events) {
    dispatch();
    lines_.on_ready(event,
                    [this](std::uint32_t index, ChannelEvent what) { on_event(index, what); });
  }
  expire();
  if (now_ >= churn_at_) churn();
  if (now_ >= slice_end_) roll_slice();
}

std::uint64_t Worker::next_wake(bool& precise) const {
  std::uint64_t wake = std::min({now_ + kHeartbeatNs, slice_end_, churn_at_});
  if (!active_.empty()) wake = std::min(wake, slots_[active_.front()].deadline_ns);
  if (!resting_.empty()) wake = std::min(wake, slots_[resting_.front()].deadline_ns);
  if (now_ < end_) wake = std::min(wake, end_);
  if (due_ns_ < wake && more_to_send() && free_connection() != kNoIndex) {
    precise = schedule_.has_value();
    wake = due_ns_;
  }
  return wake;
}

bool Worker::must_stop() const {
  return stop_.requested() || plan_.saturated->load(std::memory_order_relaxed);
}

bool Worker::more_to_send() const {
  if (stopped_at_ != kNever || hopeless()) return false;
  return due_ns_ != kNever && now_ < (schedule_ ? give_up_ : end_);
}

// Without a limit in time, a target that never answers would hold us for a time-out per request.
bool Worker::hopeless() const {
  return end_ == kNever && totals_.completed == 0 &&
         totals_.errors[static_cast<std::size_t>(ErrorClass::timeout)] >= plan_.connections;
}

bool Worker::finished() const {
  if (more_to_send()) return false;
  return in_flight_ == 0 || (stopped_at_ != kNever && now_ >= stopped_at_ + kStopGrace);
}

void Worker::find_next_due() {
  if (!schedule_) {
    due_ns_ = requests_left_ == 0 ? kNever : start_;
    return;
  }
  if (warmup_ && (warmup_->finished() || start_ + warmup_->next_due() >= measured_from_))
    warmup_.reset();
  const std::uint64_t next = warmup_ ? warmup_->next_due() : schedule_->next_due();
  due_ns_ = next == kNever ? kNever : (warmup_ ? start_ : measured_from_) + next;
}

bool Worker::is_due() const { return now_ >= due_ns_ && more_to_send(); }

// The one to send on; kNoIndex when all wait for an answer.
std::uint32_t Worker::free_connection() const {
  if (!regular_.idle.empty()) return regular_.idle.front();
  return spare_.idle.empty() ? regular_.closed.front() : spare_.idle.front();
}

void Worker::dispatch() {
  launch_due();
  lines_.flush([this](std::uint32_t index, ChannelEvent what) { on_event(index, what); });
}

void Worker::launch_due() {
  for (int i = 0; i < kLaunchesPerTurn && is_due(); ++i) {
    const std::uint32_t index = free_connection();
    if (index == kNoIndex) {
      if (schedule_ && plan_.on_saturation == Saturation::drop) drop_due();
      if (schedule_ && plan_.on_saturation == Saturation::fail && !warmup_ && is_saturated())
        plan_.saturated->store(true, std::memory_order_relaxed);
      return add_spare();
    }
    if (schedule_) {
      const std::uint64_t planned = due_ns_;
      (warmup_ ? *warmup_ : *schedule_).pop();
      find_next_due();
      launch(index, planned);
      now_ = monotonic_ns();
    } else {
      if (now_ >= measured_from_ && requests_left_ != kNever) --requests_left_;
      find_next_due();
      launch(index, now_);
    }
  }
}

void Worker::drop_due() {
  while (is_due()) {
    if (!warmup_) ++dropped_;
    (warmup_ ? *warmup_ : *schedule_).pop();
    find_next_due();
  }
}

void Worker::launch(std::uint32_t index, std::uint64_t planned_ns) {
  Slot& slot = slots_[index];
  slot.planned_ns = planned_ns;
  slot.has_request = true;
  regular_.idle.began(index);
  slot.repeated = false;
  ++in_flight_;
  if (!composer_.plain()) composer_.compose(index);
  if (measured(slot)) {
    ++totals_.sent;
    if (GroupFigures* group = group_of(index)) ++group->sent;
    totals_.last_send_ns = now_ - measured_from_;
    if (schedule_) totals_.generator_lag.record(now_ - std::max(planned_ns, slot.free_since_ns));
    if (slot.free_since_ns > planned_ns) totals_.pool_lag.record(slot.free_since_ns - planned_ns);
  }
  if (slot.state == State::closed) {
    pool(index).closed.remove(index);
    open(index);
  } else {
    pool(index).idle.remove(index);
    active_.push_back(index);
    slot.deadline_ns = now_ + plan_.timeout_ns;
    transmit(slot, index);
  }
}

void Worker::transmit(Slot& slot, std::uint32_t index) {
  slot.state = State::exchanging;
  slot.sent_ns = now_;
  if (measured(slot) && !slot.repeated) {
    totals_.send_lag.record(now_ - slot.planned_ns);
    if (sent_before_ != kNever) totals_.send_gaps.add(static_cast<double>(now_ - sent_before_));
    sent_before_ = now_;
  }
  if (!composer_.plain()) wire_.message = &composer_.message(index);
  on_event(index, lines_.send(index));
}

void Worker::on_event(std::uint32_t index, ChannelEvent event) {
  if (event == ChannelEvent::nothing) return;
  now_ = monotonic_ns();
  Slot& slot = slots_[index];
  switch (event) {
    case ChannelEvent::linked:
      return on_linked(slot);
    case ChannelEvent::secured:
      return totals_.handshake_time.record(now_ - slot.opened_ns);
    case ChannelEvent::connected:
      return on_connected(slot, index);
    case ChannelEvent::joined:
      return on_joined(slot, index);
    case ChannelEvent::answered:
      return on_answer(slot, index);
    case ChannelEvent::failed:
      return on_failure(index, lines_.failure(index));
    case ChannelEvent::closed:
      return on_closed(slot, index);
    case ChannelEvent::nothing:
      return;
  }
}

void Worker::on_answer(Slot& slot, std::uint32_t index) {
  const unsigned status = lines_.status(index);
  if (measured(slot)) {
    Slice& slice = slices_.current();
    slice.latency.record(now_ - slot.planned_ns);
    totals_.service_time.record(now_ - slot.sent_ns);
    totals_.last_end_ns = now_ - measured_from_;
    ++totals_.statuses[status];
    ++totals_.completed;
    ++slice.completed;
    if (status >= bad_status_) {
      ++totals_.errors[static_cast<std::size_t>(ErrorClass::status)];
      ++slice.errors;
    }
    if (GroupFigures* group = group_of(index)) {
      ++group->completed;
      ++group->statuses[status];
      if (status >= 400) ++group->errors;
      group->latency.record(now_ - slot.planned_ns);
    }
  } else if (warmup_latency_) {
    warmup_latency_->record(now_ - slot.planned_ns);
  }
  slot.has_request = false;
  regular_.idle.ended(index);
  slot.reused = true;
  ++slot.answers;
  slot.failures = 0;
  --in_flight_;
  active_.remove(index);
  const bool worn = worn_out(slot);
  settle(index, lines_.can_reuse(index) && !worn ? State::idle : State::closed);
  if (worn) renew(index);
}

void Worker::on_failure(std::uint32_t index, Failure failure) {
  Slot& slot = slots_[index];
  active_.remove(index);
  // A server may close an idle connection at the moment a request is on its way to it. What it
  // cannot have begun to answer is repeated once on a new connection (RFC 9112, 9.3.1).
  const bool lost_race =
      composer_.idempotent(index) && slot.reused && lines_.untouched(index) &&
      (failure.error == ErrorClass::closed || failure.error == ErrorClass::reset);
  lines_.close(index);
  const bool may_repeat = (lost_race || failure.unprocessed) && !slot.repeated;
  if (slot.has_request && may_repeat && stopped_at_ == kNever) {
    if (measured(slot)) ++totals_.retries;
    slot.repeated = true;
    return open(index);
  }
  if (!totals_.first_failure) totals_.first_failure = failure;
  const bool spare = is_spare(index) && slot.state == State::connecting && !slot.has_request;
  if (spare) --spares_opening_;
  if (slot.has_request) {
    slot.has_request = false;
    regular_.idle.ended(index);
    --in_flight_;
    if (measured(slot)) {
      totals_.last_end_ns = now_ - measured_from_;
      ++totals_.errors[static_cast<std::size_t>(failure.error)];
      ++slices_.current().errors;
      if (GroupFigures* group = group_of(index)) ++group->errors;
    }
  }
  if (slot.failures < UINT8_MAX) ++slot.failures;
  // Requests of an open loop are paced by its schedule; a closed loop would try again at once, for
  // ever, and so would a spare.
  const bool rests =
      spare || (!schedule_ && slot.failures > 1 && failure.error != ErrorClass::timeout);
  settle(index, rests ? State::resting : State::closed);
}

// Puts a slot that has nothing to do into the list of its new state.
void Worker::settle(std::uint32_t index, State state) {
  Slot& slot = slots_[index];
  slot.free_since_ns = now_;
  if (state == State::closed) lines_.close(index);
  if (state != State::resting && lines_.barred(index)) state = State::barred;
  slot.state = state;
  switch (state) {
    case State::barred:
      return;
    case State::idle:
      return pool(index).idle.push_back(index);
    case State::resting:
      slot.deadline_ns = now_ + rest_ns_;
      return resting_.push_back(index);
    default:
      return pool(index).closed.push_back(index);
  }
}

void Worker::expire() {
  while (!active_.empty() && slots_[active_.front()].deadline_ns <= now_)
    on_failure(active_.front(), {.error = ErrorClass::timeout});
  while (!resting_.empty() && slots_[resting_.front()].deadline_ns <= now_) {
    const std::uint32_t index = resting_.front();
    resting_.remove(index);
    settle(index, State::closed);
  }
}

}  // namespace weft::load
