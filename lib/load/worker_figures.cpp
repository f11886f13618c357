// What a worker writes down: its own time while it measures, and the slices it hands over.
#include <sys/resource.h>

#include <algorithm>
#include <fstream>

#include "lib/load/worker.h"

namespace weft::load {
namespace {

std::uint64_t cpu_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(time.tv_nsec);
}

// How long this thread has been ready to run without a CPU; 0 where the kernel does not say.
std::uint64_t queued_ns() {
  std::ifstream file("/proc/thread-self/schedstat");
  std::uint64_t ran = 0, queued = 0;
  return file >> ran >> queued ? queued : 0;
}

std::uint64_t involuntary_switches() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  return static_cast<std::uint64_t>(usage.ru_nivcsw);
}

}  // namespace

void Worker::start_measuring() {
  measuring_ = true;
  if (plan_.warmup_ns > 0 && lines_.http2() != nullptr) lines_.http2()->forget_messages();
  totals_.cpu_ns = cpu_ns();
  totals_.preempted = involuntary_switches();
  queued_before_ns_ = queued_ns();
  overslept_before_ns_ = waiter_.overslept_ns();
  totals_.busy_ns = waiter_.idle_ns();
  totals_.wall_ns = now_;
}

void Worker::stop_measuring() {
  if (!measuring_) return;
  totals_.cpu_ns = cpu_ns() - totals_.cpu_ns;
  totals_.preempted = involuntary_switches() - totals_.preempted;
  // A stopped or throttled thread does not count as queued, but it oversleeps.
  totals_.starved_ns =
      std::max(queued_ns() - queued_before_ns_, waiter_.overslept_ns() - overslept_before_ns_);
  totals_.wall_ns = now_ - totals_.wall_ns;
  totals_.busy_ns = totals_.wall_ns - (waiter_.idle_ns() - totals_.busy_ns);
}

// While the warm-up lasts that the control thread may end.
void Worker::roll_warmup_slice() {
  Slice& slice = slices_.current();
  slice.warmup = true;
  slice.latency.merge(*warmup_latency_);
  warmup_latency_->clear();
  if (!slices_.hand_over()) slice.clear();
  if (const std::uint64_t from = plan_.measure_from->load(); from != 0 && from < measured_from_) {
    measure_from(std::max(from, now_));
    find_next_due();
  }
  slice_end_ = std::min(now_ + kSliceNs, measured_from_);
}

// Called at the start of the measured part and at every boundary of slices.
void Worker::roll_slice() {
  if (now_ < measured_from_) return roll_warmup_slice();
  if (!measuring_) {
    start_measuring();
  } else {
    fill_slice(slice_end_);
    if (slices_.hand_over()) slices_.current().start_ns = now_ - measured_from_;
  }
  const std::uint64_t passed = (now_ - measured_from_) / kSliceNs;
  slice_end_ = measured_from_ + (passed + 1) * kSliceNs;
}

// Puts into the slice what was planned up to a time and not yet counted.
void Worker::fill_slice(std::uint64_t until) {
  until = std::min({until, end_, stopped_at_});
  if (until <= measured_from_) return;
  const std::uint64_t planned =
      schedule_ ? schedule_->planned_before(until - measured_from_) : totals_.sent;
  slices_.current().planned += planned - totals_.planned;
  slices_.current().in_flight = in_flight_;
  totals_.planned = planned;
}

void Worker::finish() {
  fill_slice(now_);
  const std::uint64_t popped = schedule_ ? schedule_->popped() : totals_.sent;
  totals_.planned = std::max(totals_.planned, popped);
  totals_.skipped = totals_.planned - popped + dropped_;
  if (const std::uint64_t waited = totals_.pool_lag.count(); waited < totals_.generator_lag.count())
    totals_.pool_lag.record(0, totals_.generator_lag.count() - waited);
  for (const Slot& slot : slots_)
    if (slot.has_request && measured(slot)) ++totals_.abandoned;
  if (stopped_at_ != kNever)
    totals_.stopped_ns = std::max(stopped_at_, measured_from_) - measured_from_;
  totals_.bytes_sent = wire_.bytes_sent;
  totals_.bytes_received = wire_.bytes_received;
  totals_.resumed = wire_.resumed;
  totals_.retransmits = wire_.retransmits + lines_.retransmits();
  if (lines_.http2() == nullptr) return;
  totals_.http2 = lines_.http2()->counts();
  totals_.first_refusal = lines_.http2()->refusal();
}

}  // namespace weft::load
