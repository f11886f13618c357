#include "lib/load/verdict.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/number.h"

namespace weft::load {
namespace {

constexpr double kSuspectMissed = 0.01;  // of the sends
constexpr double kInvalidMissed = 0.10;
constexpr double kSuspectLag = 0.05;   // p99 of lateness over p99 of latency
constexpr double kInvalidRate = 0.01;  // of the planned requests not sent
constexpr double kSaturated = 90;      // % busy of the busiest thread
constexpr double kStarved = 20;    // % of the time ready to run without a CPU: as bad as saturated
constexpr double kNoticed = 5;     // % of the same, worth a sentence
constexpr std::uint64_t kFew = 5;  // late sends are no evidence yet
constexpr double kLeastLag = 50'000;  // ns; below it a loopback of 200 us would never be valid
constexpr std::uint64_t kLeastMissed = 100'000;

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

struct Finding {
  Verdict verdict;
  std::string reason;
};

void add(Outcome& outcome, Finding finding) {
  outcome.verdict = std::max(outcome.verdict, finding.verdict);
  outcome.reasons.push_back(std::move(finding.reason));
}

void judge_lateness(Outcome& outcome) {
  const std::uint64_t limit = missed_after_ns(outcome);
  outcome.missed_deadlines =
      outcome.generator_lag.count() - outcome.generator_lag.count_at_or_below(limit);
  if (outcome.missed_deadlines < kFew && outcome.generator_lag.count() < 100 * kFew) return;
  const double missed = share(outcome.missed_deadlines, outcome.generator_lag.count());
  const auto lag = static_cast<double>(outcome.generator_lag.percentile(99));
  const auto latency = static_cast<double>(outcome.latency.percentile(99));
  if (missed > kSuspectMissed)
    add(outcome, {missed > kInvalidMissed ? Verdict::invalid : Verdict::suspect,
                  fmt::format("{:.1f} % of the requests left more than {} late although a "
                              "connection was free: the generator was the bottleneck",
                              missed * 100, base::format_latency(static_cast<double>(limit)))});
  else if (lag > kSuspectLag * latency && outcome.latency.count() > 0 && lag > kLeastLag)
    add(outcome, {Verdict::suspect,
                  fmt::format("the generator's own lateness (p99 {}) is more than 5 % of the "
                              "latency it measured (p99 {})",
                              base::format_latency(lag), base::format_latency(latency))});
}

// Had the generator no CPU left, of its own or because others used it?
bool out_of_cpu(const Outcome& outcome) {
  return outcome.busy_percent >= kSaturated || outcome.cpu_wait_percent >= kStarved;
}

void judge_rate(Outcome& outcome) {
  if (outcome.skipped == 0) return;
  const std::string never_sent =
      fmt::format("{} of {} planned requests were never sent", base::format_count(outcome.skipped),
                  base::format_count(outcome.planned));
  if (out_of_cpu(outcome) && share(outcome.skipped, outcome.planned) > kInvalidRate)
    add(outcome, {Verdict::invalid,
                  fmt::format("{}, and the generator was the bottleneck: its busiest thread worked "
                              "{:.0f} % of the time (more threads or CPUs would help)",
                              never_sent, outcome.busy_percent)});
  else
    add(outcome, {Verdict::suspect,
                  never_sent + ": the target was too slow for this rate over these connections, "
                               "and their waiting is missing from the latencies"});
}

// A closed loop goes as fast as generator and target together allow: was it the generator?
void judge_capacity(Outcome& outcome) {
  if (!out_of_cpu(outcome)) return;
  const std::string why =
      outcome.busy_percent >= kSaturated
          ? fmt::format("its busiest thread worked {:.0f} % of the time", outcome.busy_percent)
          : std::string("other programs had its CPU");
  add(outcome, {Verdict::suspect, "the generator was the bottleneck: " + why +
                                      ", so the target may be faster than this (more threads or "
                                      "CPUs may tell)"});
}

// While the generator had no CPU, answers lay unread and arrivals waited: it looks like the target.
void judge_starvation(Outcome& outcome, bool open_loop) {
  const bool decisive = open_loop && outcome.cpu_wait_percent >= kStarved &&
                        outcome.elapsed >= std::chrono::seconds(1);
  if (!decisive && (outcome.verdict == Verdict::valid || outcome.cpu_wait_percent < kNoticed))
    return;
  add(outcome,
      {decisive ? Verdict::invalid : outcome.verdict,
       fmt::format("the generator waited {:.0f} % of the time for a CPU that was not there",
                   outcome.cpu_wait_percent)});
}

}  // namespace

std::uint64_t missed_after_ns(const Outcome& outcome) {
  return std::max(kLeastMissed, outcome.latency.percentile(50) / 20);
}

void judge(Outcome& outcome, bool open_loop) {
  outcome.verdict = Verdict::valid;
  outcome.reasons.clear();
  if (outcome.saturated)
    add(outcome, {Verdict::invalid,
                  fmt::format("the run ended after {}: a request was due and every connection "
                              "waited for an answer, which --on-saturation fail forbids",
                              base::format_latency(static_cast<double>(outcome.elapsed.count())))});
  if (open_loop) {
    judge_lateness(outcome);
    if (!outcome.saturated) judge_rate(outcome);
  } else {
    judge_capacity(outcome);
  }
  judge_starvation(outcome, open_loop);
  if (outcome.completed == 0 && !outcome.interrupted)
    add(outcome, {Verdict::invalid, "no request was answered, so no latency was measured"});
}

void judge_warmup(Outcome& outcome) {
  if (outcome.settled_after || outcome.interrupted) return;
  add(outcome,
      {Verdict::suspect,
       fmt::format("the latency had not settled when the warm-up ended after {}: the target may "
                   "still be warming up, or its load may vary",
                   base::format_duration(outcome.warmup))});
}

}  // namespace weft::load
