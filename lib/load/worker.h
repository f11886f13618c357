// One thread of the load engine: its share of the schedule, its connections, its event loop and
// its figures. Workers share nothing that either writes while the run lasts.
//
// Each connection, or stream of HTTP/2, has a slot, which is in exactly one list: closed, idle
// (front: takes the next request, see IdleLines), active (connecting or in an exchange, front:
// times out first, because all have the same time-out), or resting (after repeated failures in a
// closed loop, front: may try again first). Streams beyond what the peer allows are barred, in
// none.
//
// Due requests that find no connection wait in the schedule itself, which remembers their times.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/base/stop.h"
#include "lib/load/engine.h"
#include "lib/load/idle_lines.h"
#include "lib/load/index_list.h"
#include "lib/load/lines.h"
#include "lib/load/mix.h"
#include "lib/load/schedule.h"
#include "lib/load/slice.h"
#include "lib/load/waiter.h"
#include "lib/stats/moments.h"

namespace weft::load {

inline constexpr std::uint64_t kHeartbeatNs = 20'000'000;  // a stop request is seen this soon

struct WorkerPlan {
  std::span<const net::Address> addresses;
  std::span<const net::Address> local_addresses;
  const Tunnel* tunnel = nullptr;
  const net::TlsContext* tls = nullptr;
  const Mix* mix = nullptr;  // what to ask
  std::uint64_t seed = 0;    // of its values
  unsigned worker = 0, workers = 1;
  bool keepalive = true;
  unsigned connections = 1;
  Protocol protocol = Protocol::http1;
  const GrpcMethod* grpc = nullptr;  // what is called; null: it is no gRPC
  unsigned streams = 1;              // of one connection, HTTP/2
  unsigned spares = 0;  // opened one after the other while all connections wait for answers
  std::uint64_t timeout_ns = 0;
  std::uint64_t warmup_ns = 0;
  // When given: the warm-up ends earlier once this is set, to a time of monotonic_ns() that is
  // kSoonest away or more.
  const std::atomic<std::uint64_t>* measure_from = nullptr;
  static constexpr std::uint64_t kSoonest = 2 * kSliceNs;
  std::uint64_t end_ns = kNever;    // of the measured part, after its start
  std::uint64_t open_gap_ns = 0;    // between the connections opened before the start
  std::optional<Share> schedule;    // absent: closed loop
  std::uint64_t requests = kNever;  // of this worker, in a closed loop
  bool may_poll = true;
  Saturation on_saturation = Saturation::queue;
  std::atomic<bool>* saturated = nullptr;  // of all workers: set, each ends as when stopped
  std::uint64_t max_requests = kNever;     // over one connection
  std::uint64_t max_age_ns = kNever;       // of a connection
  std::uint64_t churn_gap_ns = kNever;     // between connections replaced for no reason
};

// Counts of the measured part only, unless said otherwise.
struct Totals {
  std::uint64_t planned = 0, sent = 0, completed = 0, skipped = 0, abandoned = 0;
  std::uint64_t retries = 0, reconnects = 0;
  std::array<std::uint64_t, kErrorClasses> errors{};
  std::array<std::uint64_t, 600> statuses{};
  Http2Counts http2;                                 // warm-up included
  std::uint64_t bytes_sent = 0, bytes_received = 0;  // warm-up included
  std::uint64_t retransmits = 0;                     // warm-up included
  stats::Histogram service_time, send_lag, generator_lag, connect_time, handshake_time;
  stats::Histogram pool_lag;  // without those that waited for no connection, until the end
  stats::Moments send_gaps;   // ns between first sends, of an open loop
  std::uint64_t resumed = 0;  // TLS sessions, warm-up included
  std::vector<GroupFigures> groups;
  std::optional<Failure> first_failure;
  std::string first_refusal;                        // of gRPC, see Http2Lanes
  std::uint64_t last_send_ns = 0, last_end_ns = 0;  // after the start
  std::uint64_t stopped_ns = kNever;                // when the stop request was seen, likewise
  std::uint64_t cpu_ns = 0, busy_ns = 0, wall_ns = 0;
  std::uint64_t starved_ns = 0;  // wanted to run and could not
  std::uint64_t preempted = 0;   // involuntary context switches
};

class Worker {
 public:
  Worker(const WorkerPlan& plan, const base::StopFlag& stop);

  // On the worker's thread: first open_connections(), then run() with the common start of the
  // warm-up, a time of monotonic_ns().
  void open_connections();
  void run(std::uint64_t start_ns);

  SliceHandover& slices() { return slices_; }
  const Totals& totals() const { return totals_; }  // once the thread has ended
  bool ok() const { return waiter_.ok(); }

 private:
  enum class State : std::uint8_t { closed, resting, connecting, idle, exchanging, barred };

  struct Slot {
    std::uint32_t previous = kNoIndex, next = kNoIndex;
    State state = State::closed;
    bool has_request = false;
    bool reused = false;        // the connection has carried an answer
    bool repeated = false;      // the request is on its second connection
    std::uint8_t failures = 0;  // in a row
    std::uint32_t answers = 0;  // over the connection
    std::uint64_t planned_ns = 0;
    std::uint64_t sent_ns = 0;
    std::uint64_t opened_ns = 0;  // when the step of connecting began that is under way
    std::uint64_t free_since_ns = 0;
    std::uint64_t deadline_ns = 0;  // of the exchange, or of the rest
  };

  // What can take a request.
  struct Pool {
    explicit Pool(std::span<Slot> slots, std::uint32_t connections = 0)
        : idle(slots, connections), closed(slots) {}
    IdleLines<Slot> idle;
    IndexList<Slot> closed;
  };

  void turn(std::uint64_t wake, bool precise);
  std::uint64_t next_wake(bool& precise) const;
  bool must_stop() const;
  bool more_to_send() const;
  bool hopeless() const;
  bool finished() const;

  bool is_due() const;
  bool is_spare(std::uint32_t index) const { return index >= slots_.size() - plan_.spares; }
  Pool& pool(std::uint32_t index) { return is_spare(index) ? spare_ : regular_; }
  std::uint32_t free_connection() const;
  void add_spare();
  void drop_due();
  // Nothing is free, and no spare connection can be had any more.
  bool is_saturated() const { return spare_.closed.empty() && spares_opening_ == 0; }
  void dispatch();
  void launch_due();
  void launch(std::uint32_t index, std::uint64_t planned_ns);
  void find_next_due();

  void open(std::uint32_t index);
  bool worn_out(const Slot& slot) const;
  void renew(std::uint32_t index);
  void churn();
  void transmit(Slot& slot, std::uint32_t index);
  void on_event(std::uint32_t index, ChannelEvent event);
  void on_linked(Slot& slot);
  void on_joined(Slot& slot, std::uint32_t index);
  void on_closed(Slot& slot, std::uint32_t index);
  void on_connected(Slot& slot, std::uint32_t index);
  void on_answer(Slot& slot, std::uint32_t index);
  void on_failure(std::uint32_t index, Failure failure);
  void settle(std::uint32_t index, State state);
  void expire();

  // Of the kind of its request, where figures are kept by kind.
  GroupFigures* group_of(std::uint32_t index) {
    return totals_.groups.empty() ? nullptr : &totals_.groups[composer_.group(index)];
  }
  bool measured(const Slot& slot) const { return slot.planned_ns >= measured_from_; }
  void start_measuring();
  void stop_measuring();
  void measure_from(std::uint64_t time);
  void roll_warmup_slice();
  void roll_slice();
  void fill_slice(std::uint64_t until);
  void finish();

  WorkerPlan plan_;
  const base::StopFlag& stop_;
  const unsigned bad_status_;  // from here on an answer is an error
  Waiter waiter_;
  Wire wire_;
  std::vector<Slot> slots_;
  Composer composer_;
  Lines lines_;
  Pool regular_, spare_;
  IndexList<Slot> active_, resting_;
  std::optional<Schedule> warmup_;    // until its last arrival has been sent
  std::optional<Schedule> schedule_;  // open loop
  std::uint64_t requests_left_;       // closed loop
  std::uint64_t due_ns_ = kNever;     // the next arrival

  // Times of monotonic_ns().
  std::uint64_t now_ = 0;
  std::uint64_t start_ = 0;  // of the warm-up
  std::uint64_t measured_from_ = kNever;
  std::uint64_t end_ = kNever;      // nothing is planned from here on
  std::uint64_t give_up_ = kNever;  // what still waits then is skipped
  std::uint64_t stopped_at_ = kNever;
  std::uint64_t sent_before_ = kNever;  // the first send before, of the measured part
  std::uint64_t slice_end_ = kNever;
  std::uint64_t churn_at_ = kNever;
  std::uint64_t rest_ns_;
  bool measuring_ = false;
  std::uint64_t queued_before_ns_ = 0;
  std::uint64_t overslept_before_ns_ = 0;
  std::uint64_t dropped_ = 0;  // of the measured part
  std::uint32_t in_flight_ = 0;
  std::uint32_t spares_opening_ = 0;
  std::optional<stats::Histogram> warmup_latency_;  // since the last slice, where they are wanted
  Totals totals_;
  SliceHandover slices_;
};

}  // namespace weft::load
