#include "lib/perf/merge.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "lib/base/format.h"
#include "lib/perf/merge_sums.h"

namespace weft::perf {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using smp::Run;

double seconds(base::Nanoseconds time) { return std::chrono::duration<double>(time).count(); }

std::string name_of(const Run& run, std::size_t index) {
  if (!run.name.empty()) return run.name;
  return run.id.empty() ? fmt::format("run {}", index + 1) : run.id;
}

Error refusal(const Run& run, std::size_t index, std::string_view why, std::string remedy) {
  return Error{ExitCode::input, fmt::format("{} cannot be merged: {}", name_of(run, index), why),
               std::move(remedy)};
}

// Of a run in which nothing was answered.
bool counts_nothing(const smp::Distribution& times) { return times.count == std::uint64_t{0}; }

Result<void> check(const Run& first, const Run& run, std::size_t index) {
  if (!run.latency.histogram && !counts_nothing(run.latency))
    return refusal(run, index, "its percentiles cannot be added up",
                   "merge results of weft, or files that carry HdrHistogram payloads");
  if (!run.started || !run.ended || *run.ended <= *run.started)
    return refusal(run, index, "it does not say when it ran", "");
  const smp::Setup &a = first.setup, &b = run.setup;
  const bool same = a.urls == b.urls && a.method == b.method && a.protocol == b.protocol &&
                    a.loop == b.loop && a.omission == b.omission;
  if (!same)
    return refusal(run, index, "it measures something else than the first",
                   "merge runs with the same URL, method, protocol and kind of load");
  return {};
}

base::Nanoseconds overlap(base::WallTime a_start, base::WallTime a_end, base::WallTime b_start,
                          base::WallTime b_end) {
  return std::min(a_end, b_end) - std::max(a_start, b_start);
}

// Slices of runs on one time, the start of the first run being zero. Those of workers that fall
// together are added, into cells as long as the longest of them.
class Slices {
 public:
  void add(std::vector<stats::Interval> intervals, double offset, Manner manner) {
    if (manner == Manner::in_turn) {
      for (stats::Interval& one : intervals) {
        one.start_s += offset;
        apart_.push_back(std::move(one));
      }
      return;
    }
    double longest = cell_;
    for (const auto& one : intervals) longest = std::max(longest, std::ceil(one.duration_s));
    if (longest > cell_) widen(longest);
    for (stats::Interval& one : intervals) {
      one.start_s += offset;
      add(std::move(one));
    }
  }
  // `first` is when the earliest run began, on that time.
  std::vector<stats::Interval> take(double first) {
    std::vector<stats::Interval> out = std::move(apart_);
    for (auto& [index, one] : cells_) {
      // Several short slices of one run in a long cell last longer than each of them.
      const bool last = index == cells_.rbegin()->first;
      if (!last) one.duration_s = cell_;
      out.push_back(std::move(one));
    }
    for (stats::Interval& one : out) one.start_s = std::max(0.0, one.start_s - first);
    std::ranges::stable_sort(out, {}, &stats::Interval::start_s);
    return out;
  }

 private:
  void add(stats::Interval one) {
    const auto index =
        static_cast<std::int64_t>(std::floor((one.start_s + one.duration_s / 2) / cell_));
    const auto [place, fresh] = cells_.try_emplace(index);
    stats::Interval& sum = place->second;
    if (fresh) {
      sum = std::move(one);
      sum.start_s = static_cast<double>(index) * cell_;
      return;
    }
    sum.duration_s = std::max(sum.duration_s, one.duration_s);
    sum.planned += one.planned;
    sum.completed += one.completed;
    sum.errors += one.errors;
    sum.latency.merge(one.latency);
  }
  void widen(double cell) {
    cell_ = cell;
    for (auto& [index, one] : std::exchange(cells_, {})) add(std::move(one));
  }

  double cell_ = 0;
  std::map<std::int64_t, stats::Interval> cells_;
  std::vector<stats::Interval> apart_;
};

// Use over the time of all. Of workers that ran together, one looked.
class Resources {
 public:
  void add(const std::map<std::string, smp::Usage>& parts, double length) {
    for (const auto& [part, usage] : parts)
      for (std::size_t i = 0; i < std::size(kFields); ++i)
        if (const auto& value = usage.*kFields[i]) {
          sums_[part][i].value += *value * length;
          sums_[part][i].time += length;
        }
  }
  std::map<std::string, smp::Usage> mean() const {
    std::map<std::string, smp::Usage> parts;
    for (const auto& [part, sums] : sums_)
      for (std::size_t i = 0; i < std::size(kFields); ++i)
        if (sums[i].time > 0) parts[part].*kFields[i] = sums[i].value / sums[i].time;
    return parts;
  }

 private:
  static constexpr std::optional<double> smp::Usage::*kFields[] = {
      &smp::Usage::cpu_mcores, &smp::Usage::cpu_mcores_assigned, &smp::Usage::mem_mb,
      &smp::Usage::mem_mb_assigned};
  struct Weighted {
    double value = 0, time = 0;
  };
  std::map<std::string, std::array<Weighted, std::size(kFields)>> sums_;
};

}  // namespace

struct Merger::State {
  // What later runs are compared with.
  struct Seen {
    std::string name;
    base::WallTime started, ended;
  };
  std::optional<Manner> manner;
  bool manner_known = false;
  std::vector<Seen> seen;
  std::set<std::string> ids;
  Run sum;
  std::vector<std::string> reasons;
  Slices slices;
  Resources resources;
  std::optional<std::vector<stats::Interval>> first;  // until the manner is known
  double time = 0;

  Result<void> settle_manner(const Run& run);
  void take_slices(std::vector<stats::Interval> intervals, base::WallTime started) {
    slices.add(std::move(intervals), seconds(started - seen.front().started), *manner);
  }
};

// Workers that share a start differ by moments, repeats do not overlap at all.
Result<void> Merger::State::settle_manner(const Run& run) {
  constexpr double kTogether = 0.8, kApart = 0.02;
  for (const Seen& other : seen) {
    const double shorter =
        std::min(seconds(other.ended - other.started), seconds(*run.ended - *run.started));
    const double share =
        seconds(overlap(other.started, other.ended, *run.started, *run.ended)) / shorter;
    const Manner here = share >= kTogether ? Manner::together : Manner::in_turn;
    if ((share > kApart && share < kTogether) || (manner && *manner != here))
      return refusal(run, seen.size(),
                     fmt::format("only a part of its time is that of {}", other.name),
                     "merge workers of one run, or runs one after the other");
    manner = here;
  }
  return {};
}

Merger::Merger(std::optional<Manner> manner) : state_(new State{}) {
  state_->manner = manner;
  state_->manner_known = manner.has_value();
}
Merger::Merger(Merger&&) noexcept = default;
Merger& Merger::operator=(Merger&&) noexcept = default;
Merger::~Merger() = default;

std::size_t Merger::count() const { return state_->seen.size(); }

Result<void> Merger::add(Run run) {
  State& state = *state_;
  const std::size_t index = state.seen.size();
  WEFT_CHECK(check(index == 0 ? run : state.sum, run, index));
  if (!run.id.empty() && !state.ids.insert(run.id).second)
    return refusal(run, index, "it is named twice", "");
  if (!state.manner_known) WEFT_CHECK(state.settle_manner(run));
  const std::string name = name_of(run, index);
  for (const std::string& reason : run.generator.reasons)
    state.reasons.push_back(fmt::format("{}: {}", name, reason));
  state.seen.push_back({name, *run.started, *run.ended});
  const double length = seconds(*run.ended - *run.started);
  state.time += length;
  state.resources.add(run.resources, length);
  auto intervals = std::exchange(run.intervals, {});
  if (state.manner) {
    if (state.first) state.take_slices(*std::exchange(state.first, {}), state.seen[0].started);
    state.take_slices(std::move(intervals), *run.started);
  } else {
    state.first = std::move(intervals);
  }
  if (index == 0) {
    state.sum = std::move(run);
    return {};
  }
  state.sum.started = std::min(*state.sum.started, *run.started);
  state.sum.ended = std::max(*state.sum.ended, *run.ended);
  state.sum.interrupted = state.sum.interrupted || run.interrupted;
  add_sums(state.sum, run, *state.manner);
  return {};
}

Result<Run> Merger::finish() {
  State& state = *state_;
  if (state.seen.size() < 2)
    return Error{ExitCode::usage, "a merge needs two results or more", "weft perf merge A B"};
  Run sum = std::move(state.sum);
  sum.id.clear();
  sum.name.clear();
  sum.details_uri.clear();
  sum.generator.reasons = std::move(state.reasons);
  if (*state.manner == Manner::in_turn && sum.counts.completed)
    sum.actual_qps = static_cast<double>(*sum.counts.completed) / state.time;
  settle_sums(sum);
  sum.intervals = state.slices.take(seconds(*sum.started - state.seen.front().started));
  sum.resources = state.resources.mean();
  sum.warnings.push_back(fmt::format("merged from {} {}", state.seen.size(),
                                     *state.manner == Manner::together
                                         ? "workers that ran at the same time"
                                         : "runs one after the other"));
  return sum;
}

namespace {

Result<Run> merge_all(std::span<const Run> runs, std::optional<Manner> manner) {
  Merger merger(manner);
  for (const Run& run : runs) WEFT_CHECK(merger.add(run));
  return merger.finish();
}

}  // namespace

Result<Run> merge(std::span<const Run> runs) { return merge_all(runs, std::nullopt); }
Result<Run> merge(std::span<const Run> runs, Manner manner) { return merge_all(runs, manner); }

}  // namespace weft::perf
