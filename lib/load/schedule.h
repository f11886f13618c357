// When requests are due: one schedule for the whole run, of which each worker holds its share
// without talking to the others.
//
//   Schedule schedule(share, limits);
//   while (schedule.next_due() <= now) { send(schedule.next_due()); schedule.pop(); }
//
// Uniform: arrival k is due floor(k * 10^9 / rate) ns after the start, in integers, so a run of
// days does not drift; worker w of n takes k = w, w + n, ... Poisson: n independent streams of
// rate / n. When the end is known the number of arrivals is fixed to rate * time: a Poisson process
// of a known count is that many independent uniform times, drawn here in order (Devroye,
// Non-Uniform Random Variate Generation, V.3.1). So two runs at one rate differ in when requests
// come, not in how many, and an objective such as qps>=990 does not fail by the luck of the draw.
// In bursts whole bursts are dealt out instead of arrivals. A pace stretches the time of all this;
// a trace replaces it. Times are nanoseconds after the start. An arrival popped late is still
// there: the schedule is its own queue.
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include "lib/load/engine.h"
#include "lib/load/random.h"

namespace weft::load {

inline constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

struct Share {
  // Of all workers together, on average until the end; a resolution of 10^-6 per second is kept.
  double qps = 0;
  Arrival arrival = Arrival::uniform;
  std::uint64_t seed = 0;
  unsigned worker = 0;
  unsigned workers = 1;
  std::uint64_t end_ns = kNever;         // no arrival is due at or after this
  std::uint64_t requests = kNever;       // nor are there more than this, of all workers together
  unsigned burst = 1;                    // arrivals at the same moment
  const Pace* pace = nullptr;            // steady when absent; must outlive the schedule
  std::span<const std::uint64_t> trace;  // ascending, of all workers; replaces all but the limits
};

// How many of `total` fall to one worker when dealt out in turn; kNever stays kNever.
std::uint64_t share_of(std::uint64_t total, unsigned worker, unsigned workers);
// What the limit of requests, or the length of the trace, leaves to one worker.
std::uint64_t allowed_arrivals(const Share& share);

// One stream of arrivals.
class Arrivals {
 public:
  explicit Arrivals(const Share& share);

  std::uint64_t next_due() const { return due_; }  // kNever when there are no more
  void pop() {
    ++popped_;
    advance();
  }
  std::uint64_t popped() const { return popped_; }

 private:
  void advance();
  void set_due(std::uint64_t even_ns);

  Share share_;
  std::uint64_t allowed_;  // arrivals of this stream
  std::uint64_t popped_ = 0;
  std::uint64_t due_ = 0;
  unsigned burst_left_ = 0;  // more arrivals at due_
  // Uniform: the exact time is even_ns_ + fraction_ / rate_, with the rate in 10^-6 per second.
  std::uint64_t even_ns_ = 0;
  std::uint64_t rate_ = 0;
  std::uint64_t fraction_ = 0;
  std::uint64_t step_ns_ = 0;
  std::uint64_t step_fraction_ = 0;
  // Poisson.
  Random random_;
  double exact_ns_ = 0;
  double mean_gap_ns_ = 0;       // while the end is open
  std::uint64_t remaining_ = 0;  // bursts still to be drawn before a known end
};

class Schedule {
 public:
  explicit Schedule(const Share& share) : sending_(share), planning_(share) {}

  std::uint64_t next_due() const { return sending_.next_due(); }
  void pop() { sending_.pop(); }
  bool finished() const { return next_due() == kNever; }
  std::uint64_t popped() const { return sending_.popped(); }

  // How many arrivals are due before `ns` or have been popped; `ns` must not go back. Costs nothing
  // as long as arrivals are popped when due.
  std::uint64_t planned_before(std::uint64_t ns) {
    if (planning_.popped() < sending_.popped()) planning_ = sending_;
    while (planning_.next_due() < ns) planning_.pop();
    return planning_.popped();
  }

 private:
  Arrivals sending_;
  Arrivals planning_;  // the same stream, ahead: counts while the other waits for connections
};

}  // namespace weft::load
