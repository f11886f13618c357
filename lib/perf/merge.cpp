#include "lib/perf/merge.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "lib/base/format.h"

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

base::Nanoseconds overlap(const Run& a, const Run& b) {
  return std::min(*a.ended, *b.ended) - std::max(*a.started, *b.started);
}

// Workers that share a start differ by moments, repeats do not overlap at all.
Result<Manner> manner_of(std::span<const Run> runs) {
  constexpr double kTogether = 0.8, kApart = 0.02;
  std::optional<Manner> manner;
  for (std::size_t i = 1; i < runs.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const Run &a = runs[j], &b = runs[i];
      const double shorter =
          std::min(seconds(*a.ended - *a.started), seconds(*b.ended - *b.started));
      const double share = seconds(overlap(a, b)) / shorter;
      const Manner here = share >= kTogether ? Manner::together : Manner::in_turn;
      if ((share > kApart && share < kTogether) || (manner && *manner != here))
        return refusal(b, i, fmt::format("only a part of its time is that of {}", name_of(a, j)),
                       "merge workers of one run, or runs one after the other");
      manner = here;
    }
  return manner.value_or(Manner::in_turn);
}

template <typename T>
void add(std::optional<T>& sum, const std::optional<T>& value) {
  if (sum && value)
    *sum += *value;
  else
    sum.reset();
}

template <typename Map>
void add(Map& sum, const Map& values) {
  for (const auto& [key, value] : values) sum[key] += value;
}

void add(smp::Distribution& sum, const smp::Distribution& other) {
  if (counts_nothing(other)) return;
  if (counts_nothing(sum)) {
    sum = other;
    return;
  }
  if (!sum.histogram || !other.histogram) {
    sum = {};
    return;
  }
  stats::Histogram merged = *std::move(sum.histogram);
  merged.merge(*other.histogram);
  sum.histogram = std::move(merged);
}

// Only of connections that came about: a run without any adds none.
void add_connections(smp::Distribution& sum, const smp::Distribution& other) {
  if (other.empty()) return;
  if (sum.empty())
    sum = other;
  else
    add(sum, other);
}

void add(std::map<std::string, smp::Part>& sum, const std::map<std::string, smp::Part>& parts) {
  for (const auto& [name, part] : parts) {
    const auto [place, fresh] = sum.try_emplace(name, part);
    if (fresh) continue;
    smp::Part& into = place->second;
    add(into.sent, part.sent);
    add(into.completed, part.completed);
    add(into.errors, part.errors);
    add(into.statuses, part.statuses);
    add(into.latency, part.latency);
  }
}

void settle(smp::Distribution& distribution) {
  if (distribution.histogram)
    distribution = smp::Distribution::of(*std::move(distribution.histogram));
}

// What all have in common.
void keep_common(smp::Labels& common, const smp::Labels& other) {
  std::erase_if(common, [&other](const auto& pair) {
    const auto found = other.find(pair.first);
    return found == other.end() || found->second != pair.second;
  });
}

void add_setup(smp::Setup& sum, const smp::Setup& other, Manner manner) {
  if (manner == Manner::together) {
    add(sum.requested_qps, other.requested_qps);
    add(sum.connections, other.connections);
    add(sum.max_connections, other.max_connections);
    add(sum.threads, other.threads);
    if (sum.duration && other.duration) sum.duration = std::max(*sum.duration, *other.duration);
  } else {
    if (sum.requested_qps != other.requested_qps) sum.requested_qps.reset();
    if (sum.connections != other.connections) sum.connections.reset();
    if (sum.max_connections != other.max_connections) sum.max_connections.reset();
    if (sum.threads != other.threads) sum.threads.reset();
    add(sum.duration, other.duration);
  }
  add(sum.requests, other.requests);
  if (sum.arrival != other.arrival) sum.arrival.clear();
  if (sum.seed != other.seed) sum.seed.reset();
}

void add_counts(smp::Counts& sum, const smp::Counts& other) {
  add(sum.planned, other.planned);
  add(sum.completed, other.completed);
  add(sum.skipped, other.skipped);
  add(sum.errors, other.errors);
  add(sum.statuses, other.statuses);
  add(sum.resets, other.resets);
  add(sum.goaways, other.goaways);
  add(sum.messages_received, other.messages_received);
  add(sum.messages_sent, other.messages_sent);
  add(sum.bytes_received, other.bytes_received);
  add(sum.bytes_sent, other.bytes_sent);
}

void add_generator(smp::Generator& sum, const smp::Generator& other) {
  sum.verdict = std::max(sum.verdict, other.verdict);
  add(sum.cpu_seconds, other.cpu_seconds);
  add(sum.missed_deadlines, other.missed_deadlines);
  if (other.busy_percent)
    sum.busy_percent = std::max(sum.busy_percent.value_or(0), *other.busy_percent);
  add(sum.preempted, other.preempted);
  if (other.cpu_wait_percent)
    sum.cpu_wait_percent = std::max(sum.cpu_wait_percent.value_or(0), *other.cpu_wait_percent);
  if (other.max_rss_bytes)
    sum.max_rss_bytes = std::max(sum.max_rss_bytes.value_or(0), *other.max_rss_bytes);
}

// What was used on average over the time of all. Of workers that ran together, one looked.
void add_resources(std::map<std::string, smp::Usage>& mean, std::span<const Run> runs) {
  constexpr std::optional<double> smp::Usage::*kFields[] = {
      &smp::Usage::cpu_mcores, &smp::Usage::cpu_mcores_assigned, &smp::Usage::mem_mb,
      &smp::Usage::mem_mb_assigned};
  for (auto& [part, usage] : mean)
    for (const auto field : kFields) {
      double sum = 0, time = 0;
      for (const Run& run : runs) {
        const auto found = run.resources.find(part);
        if (found == run.resources.end() || !(found->second.*field)) continue;
        const double length = seconds(*run.ended - *run.started);
        sum += *(found->second.*field) * length;
        time += length;
      }
      if (time > 0) usage.*field = sum / time;
    }
}

std::vector<std::string> reasons_of(std::span<const Run> runs) {
  std::vector<std::string> reasons;
  for (std::size_t i = 0; i < runs.size(); ++i)
    for (const std::string& reason : runs[i].generator.reasons)
      reasons.push_back(fmt::format("{}: {}", name_of(runs[i], i), reason));
  return reasons;
}

// Slices of all runs on one time: those of workers that fall together are added, into cells as long
// as the longest of them.
std::vector<stats::Interval> slices_of(std::span<const Run> runs, Manner manner) {
  base::WallTime begin = *runs.front().started;
  double cell = 0;
  for (const Run& run : runs) {
    begin = std::min(begin, *run.started);
    for (const auto& one : run.intervals) cell = std::max(cell, std::ceil(one.duration_s));
  }
  std::map<std::int64_t, stats::Interval> cells;
  std::vector<stats::Interval> out;
  for (const Run& run : runs) {
    const double offset = seconds(*run.started - begin);
    for (stats::Interval one : run.intervals) {
      one.start_s += offset;
      if (manner == Manner::in_turn) {
        out.push_back(std::move(one));
        continue;
      }
      const auto index = static_cast<std::int64_t>((one.start_s + one.duration_s / 2) / cell);
      const auto [place, fresh] = cells.try_emplace(index);
      stats::Interval& sum = place->second;
      if (fresh) sum.start_s = static_cast<double>(index) * cell;
      sum.duration_s = std::max(sum.duration_s, one.duration_s);
      sum.planned += one.planned;
      sum.completed += one.completed;
      sum.errors += one.errors;
      sum.latency.merge(one.latency);
    }
  }
  for (auto& [index, one] : cells) {
    // Several short slices of one run in a long cell last longer than each of them.
    const bool last = index == cells.rbegin()->first;
    if (!last) one.duration_s = cell;
    out.push_back(std::move(one));
  }
  std::ranges::sort(out, {}, &stats::Interval::start_s);
  return out;
}

Result<void> check_all(std::span<const Run> runs) {
  if (runs.size() < 2)
    return Error{ExitCode::usage, "a merge needs two results or more", "weft perf merge A B"};
  std::set<std::string> ids;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    WEFT_CHECK(check(runs.front(), runs[i], i));
    if (!runs[i].id.empty() && !ids.insert(runs[i].id).second)
      return refusal(runs[i], i, "it is named twice", "");
  }
  return {};
}

}  // namespace

Result<Run> merge(std::span<const Run> runs) {
  WEFT_CHECK(check_all(runs));
  WEFT_TRY(manner, manner_of(runs));
  return merge(runs, manner);
}

Result<Run> merge(std::span<const Run> runs, Manner manner) {
  WEFT_CHECK(check_all(runs));
  Run sum = runs.front();
  sum.id.clear();
  sum.name.clear();
  sum.details_uri.clear();
  sum.generator.reasons = reasons_of(runs);
  double time = seconds(*sum.ended - *sum.started);
  for (std::size_t i = 1; i < runs.size(); ++i) {
    const Run& one = runs[i];
    sum.started = std::min(*sum.started, *one.started);
    sum.ended = std::max(*sum.ended, *one.ended);
    sum.interrupted = sum.interrupted || one.interrupted;
    time += seconds(*one.ended - *one.started);
    add_setup(sum.setup, one.setup, manner);
    add_counts(sum.counts, one.counts);
    add(sum.latency, one.latency);
    add(sum.service_time, one.service_time);
    add(sum.send_lag, one.send_lag);
    add(sum.generator_lag, one.generator_lag);
    add(sum.pool_lag, one.pool_lag);
    add_connections(sum.connect_time, one.connect_time);
    add_connections(sum.handshake_time, one.handshake_time);
    add(sum.parts, one.parts);
    add_connections(sum.message_latency, one.message_latency);
    add_generator(sum.generator, one.generator);
    sum.resources.insert(one.resources.begin(), one.resources.end());
    keep_common(sum.labels, one.labels);
    keep_common(sum.environment.facts, one.environment.facts);
    add(sum.actual_qps, one.actual_qps);
  }
  if (manner == Manner::in_turn && sum.counts.completed)
    sum.actual_qps = static_cast<double>(*sum.counts.completed) / time;
  for (auto* one : {&sum.latency, &sum.service_time, &sum.send_lag, &sum.generator_lag,
                    &sum.pool_lag, &sum.connect_time, &sum.handshake_time, &sum.message_latency})
    settle(*one);
  for (auto& [name, part] : sum.parts) settle(part.latency);
  sum.intervals = slices_of(runs, manner);
  add_resources(sum.resources, runs);
  sum.warnings.push_back(fmt::format("merged from {} {}", runs.size(),
                                     manner == Manner::together
                                         ? "workers that ran at the same time"
                                         : "runs one after the other"));
  return sum;
}

}  // namespace weft::perf
