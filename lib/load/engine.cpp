// Threads: one per worker, and the caller's, which collects slices and reports progress. They meet
// at the start, when all connections are open, and at the end.
#include "lib/load/engine.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

#include "lib/base/format.h"
#include "lib/load/prepare.h"
#include "lib/load/settling.h"
#include "lib/load/timeline.h"
#include "lib/load/totals.h"
#include "lib/load/verdict.h"
#include "lib/load/worker.h"

namespace weft::load {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr std::uint64_t kLead = 2'000'000;  // between "all are ready" and the start, ns
constexpr std::uint64_t kOpenGap = 50'000;  // between connections opened before the start, ns
constexpr std::uint64_t kNoStart = kNever;

std::uint64_t count_ns(base::Nanoseconds time) { return static_cast<std::uint64_t>(time.count()); }

// The worker threads, from their creation to their end.
class Crew {
 public:
  Crew(std::vector<std::unique_ptr<Worker>>& workers) : workers_(workers) {}
  ~Crew() { join(); }

  Result<void> start() {
    // Signals are for the caller's thread.
    sigset_t all{}, before{};
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = 0;
    try {
      for (auto& worker : workers_) threads_.emplace_back([this, &worker] { work(*worker); });
    } catch (const std::system_error& failure) {
      error = failure.code().value();
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (error == 0) return {};
    give_start(kNoStart);
    return base::system_error(
        ExitCode::tool, fmt::format("cannot start {} worker threads", workers_.size()), error);
  }

  void wait_until_open() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_ == workers_.size(); });
  }

  void give_start(std::uint64_t start_ns) {
    start_ns_.store(start_ns);
    start_ns_.notify_all();
  }

  // True when all have finished.
  bool wait_for_end(base::Nanoseconds limit) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [this] { return finished_ == workers_.size(); });
  }

  void join() { threads_.clear(); }

 private:
  void work(Worker& worker) {
    worker.open_connections();
    count(open_);
    start_ns_.wait(0);
    if (const std::uint64_t start = start_ns_.load(); start != kNoStart) worker.run(start);
    count(finished_);
  }

  void count(std::size_t& counter) {
    const std::lock_guard lock(mutex_);
    ++counter;
    changed_.notify_one();
  }

  std::vector<std::unique_ptr<Worker>>& workers_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t open_ = 0;
  std::size_t finished_ = 0;
  std::atomic<std::uint64_t> start_ns_{0};
  std::vector<std::jthread> threads_;
};

// What the caller's thread gathers from the slices.
class Collector {
 public:
  explicit Collector(std::size_t workers) : in_flight_(workers) {}

  void add(std::size_t worker, const Slice& slice) {
    if (slice.warmup) return warmup_.merge(slice.latency);
    progress_.completed += slice.completed;
    progress_.errors += slice.errors;
    in_flight_[worker] = slice.in_flight;
    latency_.merge(slice.latency);
    timeline_.add(slice);
  }

  // Of the latencies of the warm-up since the last time.
  std::optional<std::uint64_t> warmup_median() {
    if (warmup_.count() == 0) return std::nullopt;
    const std::uint64_t median = warmup_.percentile(50);
    warmup_.clear();
    return median;
  }

  Progress progress(std::int64_t elapsed_ns) {
    progress_.elapsed = base::Nanoseconds(elapsed_ns);
    progress_.in_flight = 0;
    for (const std::uint64_t count : in_flight_) progress_.in_flight += count;
    progress_.p50_ns = latency_.percentile(50);
    progress_.p99_ns = latency_.percentile(99);
    // The rate over the last second.
    const Mark now{elapsed_ns, progress_.completed};
    const Mark before = marks_[turn_ % marks_.size()];
    marks_[turn_++ % marks_.size()] = now;
    const auto ns =
        static_cast<double>(now.elapsed_ns - std::max<std::int64_t>(0, before.elapsed_ns));
    progress_.recent_qps =
        ns <= 0 ? 0 : static_cast<double>(now.completed - before.completed) * 1e9 / ns;
    return progress_;
  }

  void finish(Outcome& outcome) {
    outcome.latency = std::move(latency_);
    outcome.intervals = timeline_.finish(count_ns(outcome.elapsed));
  }

 private:
  struct Mark {
    std::int64_t elapsed_ns = 0;
    std::uint64_t completed = 0;
  };
  Progress progress_;
  std::vector<std::uint64_t> in_flight_;
  stats::Histogram latency_, warmup_;
  Timeline timeline_;
  std::array<Mark, 4> marks_;
  std::size_t turn_ = 0;
};

// What falls to one thread, of all threads of all generators.
Share schedule_of(const Plan& plan, const Prepared& prepared, unsigned thread) {
  return {.qps = plan.qps.value_or(0),
          .arrival = plan.arrival,
          .seed = prepared.seed,
          .worker = plan.part.index * prepared.threads + thread,
          .workers = plan.part.count * prepared.threads,
          .end_ns = plan.duration ? count_ns(*plan.duration) : kNever,
          .requests = plan.requests.value_or(kNever),
          .burst = plan.burst,
          .pace = plan.pace.steady() ? nullptr : &plan.pace,
          .trace = plan.trace};
}

// When measuring begins: at the end of the warm-up, or before it once the latency has settled.
class Beginning {
 public:
  explicit Beginning(const Plan& plan) : until_settled_(plan.until_settled) {}

  // What workers look at; null when the time is fixed.
  const std::atomic<std::uint64_t>* signal() const { return until_settled_ ? &signal_ : nullptr; }

  void set(std::uint64_t start, std::uint64_t measured_from) {
    start_ = start;
    measured_from_ = measured_from;
  }
  void observe(std::optional<std::uint64_t> median_ns) {
    if (!until_settled_ || settled_ns_ || !median_ns) return;
    settling_.add(static_cast<double>(*median_ns));
    const auto cut = settling_.cut();
    if (!cut) return;
    settled_ns_ = *cut * kSliceNs;
    const std::uint64_t from = monotonic_ns() + WorkerPlan::kSoonest;
    if (from >= measured_from_) return;
    measured_from_ = from;
    signal_.store(from);
  }

  std::int64_t elapsed_ns() const {
    return static_cast<std::int64_t>(monotonic_ns()) - static_cast<std::int64_t>(measured_from_);
  }
  void report(Outcome& outcome) const {
    outcome.warmup = base::Nanoseconds(measured_from_ - start_);
    outcome.started += outcome.warmup;
    if (settled_ns_) outcome.settled_after = base::Nanoseconds(*settled_ns_);
  }

 private:
  bool until_settled_;
  std::atomic<std::uint64_t> signal_{0};
  std::uint64_t start_ = 0, measured_from_ = 0;
  Settling settling_;
  std::optional<std::uint64_t> settled_ns_;
};

std::vector<std::unique_ptr<Worker>> make_workers(const Plan& plan, const Prepared& prepared,
                                                  const Beginning& beginning,
                                                  std::atomic<bool>& saturated,
                                                  const base::StopFlag& stop) {
  std::vector<std::unique_ptr<Worker>> workers;
  for (unsigned i = 0; i < prepared.threads; ++i) {
    const Share share = schedule_of(plan, prepared, i);
    WorkerPlan part;
    part.addresses = prepared.addresses;
    part.local_addresses = prepared.local_addresses;
    part.tunnel = prepared.tunnel ? &*prepared.tunnel : nullptr;
    part.tls = prepared.tls.get();
    part.mix = &prepared.mix;
    part.seed = prepared.seed;
    part.worker = share.worker;
    part.workers = share.workers;
    part.protocol = plan.protocol;
    part.streams = plan.protocol == Protocol::http2 ? plan.streams : 1;
    part.grpc = plan.grpc ? &*plan.grpc : nullptr;
    part.keepalive = plan.keepalive;
    part.connections = static_cast<unsigned>(share_of(plan.connections, i, prepared.threads));
    part.spares = static_cast<unsigned>(share_of(prepared.spares, i, prepared.threads));
    part.timeout_ns = count_ns(plan.timeout);
    part.warmup_ns = count_ns(plan.warmup);
    part.measure_from = beginning.signal();
    part.end_ns = share.end_ns;
    part.open_gap_ns = kOpenGap * prepared.threads;
    part.may_poll = prepared.may_poll;
    part.on_saturation = plan.on_saturation;
    part.saturated = &saturated;
    part.max_requests = plan.renewal.max_requests.value_or(kNever);
    part.max_age_ns = plan.renewal.max_age ? count_ns(*plan.renewal.max_age) : kNever;
    if (plan.renewal.churn > 0 && part.connections > 0)
      part.churn_gap_ns = static_cast<std::uint64_t>(1e9 / (plan.renewal.churn * part.connections));
    part.requests = share_of(share.requests, share.worker, share.workers);
    if (plan.qps) part.schedule = share;
    workers.push_back(std::make_unique<Worker>(part, stop));
  }
  return workers;
}

// The span that the sent requests filled, so that sent / elapsed is the rate there was: the planned
// length, longer when waiting requests were still sent after it, shorter when the number of
// requests was reached before.
std::uint64_t elapsed_ns(const Plan& plan, const Prepared& prepared, const Outcome& outcome,
                         const std::vector<std::unique_ptr<Worker>>& workers) {
  std::uint64_t last_send = 0, last_end = 0, stopped = kNever;
  for (const auto& worker : workers) {
    last_send = std::max(last_send, worker->totals().last_send_ns);
    last_end = std::max(last_end, worker->totals().last_end_ns);
    stopped = std::min(stopped, worker->totals().stopped_ns);
  }
  if (stopped != kNever) return stopped;
  std::uint64_t allowed = 0;
  for (unsigned i = 0; plan.requests && i < prepared.threads; ++i) {
    const Share share = schedule_of(plan, prepared, i);
    allowed +=
        plan.qps ? allowed_arrivals(share) : share_of(share.requests, share.worker, share.workers);
  }
  const bool all_sent = plan.requests && outcome.planned >= allowed;
  if (!all_sent) return plan.duration ? std::max(count_ns(*plan.duration), last_send) : last_end;
  if (!plan.qps) return last_end;
  const auto requests = static_cast<double>(*plan.requests);
  const double planned_ns =
      plan.pace.steady() ? requests * 1e9 / *plan.qps : plan.pace.when(requests);
  const auto limit = plan.duration ? static_cast<double>(count_ns(*plan.duration)) : planned_ns;
  return std::max(static_cast<std::uint64_t>(std::min(planned_ns, limit)), last_send);
}

stats::Moments send_gaps(const std::vector<std::unique_ptr<Worker>>& workers) {
  stats::Moments gaps;
  for (const auto& worker : workers) gaps.merge(worker->totals().send_gaps);
  return gaps;
}

bool only_timeouts(const Outcome& outcome) {
  const std::uint64_t timeouts = outcome.errors[static_cast<std::size_t>(ErrorClass::timeout)];
  return !outcome.interrupted && outcome.completed == 0 && timeouts > 0 && timeouts == outcome.sent;
}

Error never_answered(const Plan& plan, const Outcome& outcome) {
  return {ExitCode::timeout,
          fmt::format("{} did not answer: none of {} requests was answered within {}",
                      plan.target.url.text(), base::format_count(outcome.sent),
                      base::format_duration(plan.timeout)),
          "check that the service is up and reachable, or allow more time with --timeout"};
}

}  // namespace

Result<Outcome> run(const Plan& plan, const ProgressSink& progress, const base::StopFlag& stop) {
  WEFT_TRY(prepared, prepare(plan));
  Beginning beginning(plan);
  std::atomic<bool> saturated = false;
  auto workers = make_workers(plan, prepared, beginning, saturated, stop);
  for (const auto& worker : workers)
    if (!worker->ok()) return base::system_error(ExitCode::tool, "cannot wait for sockets", errno);

  Crew crew(workers);
  WEFT_CHECK(crew.start());
  crew.wait_until_open();
  const std::uint64_t start = monotonic_ns() + kLead;
  beginning.set(start, start + count_ns(plan.warmup));
  Outcome outcome;
  const std::uint64_t begun = monotonic_ns();
  outcome.started = base::system_clock().wall();
  crew.give_start(start);

  Collector collector(workers.size());
  const auto collect = [&](std::size_t i) {
    workers[i]->slices().read([&](const Slice& slice) { collector.add(i, slice); });
  };
  for (bool ended = false; !ended;) {
    ended = crew.wait_for_end(base::Nanoseconds(kSliceNs));
    for (std::size_t i = 0; i < workers.size(); ++i) collect(i);
    beginning.observe(collector.warmup_median());
    if (progress && !ended) progress(collector.progress(beginning.elapsed_ns()));
  }
  crew.join();
  outcome.ended = outcome.started + base::Nanoseconds(monotonic_ns() - begun);
  outcome.clock_step = base::system_clock().wall() - outcome.ended;
  beginning.report(outcome);

  outcome.interrupted = stop.requested();
  outcome.saturated = saturated;
  outcome.threads = prepared.threads;
  outcome.seed = prepared.seed;
  for (std::size_t i = 0; i < workers.size(); ++i) {
    collector.add(i, workers[i]->slices().current());
    add_totals(outcome, workers[i]->totals());
  }
  if (plan.qps && plan.pace.steady() && plan.burst == 1 && plan.trace.empty())
    outcome.pacing_cv = send_gaps(workers).coefficient_of_variation();
  outcome.elapsed = base::Nanoseconds(elapsed_ns(plan, prepared, outcome, workers));
  collector.finish(outcome);
  if (only_timeouts(outcome)) return never_answered(plan, outcome);
  judge(outcome, plan.qps.has_value());
  if (plan.until_settled) judge_warmup(outcome);
  return outcome;
}

}  // namespace weft::load
