#include "lib/perf/merge_sums.h"

#include <algorithm>

#include "lib/perf/merge.h"

namespace weft::perf {
namespace {

// Of a run in which nothing was answered.
bool counts_nothing(const smp::Distribution& times) { return times.count == std::uint64_t{0}; }

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
  add(sum.retransmits, other.retransmits);
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
  if (other.pacing_cv) sum.pacing_cv = std::max(sum.pacing_cv.value_or(0), *other.pacing_cv);
  if (other.max_rss_bytes)
    sum.max_rss_bytes = std::max(sum.max_rss_bytes.value_or(0), *other.max_rss_bytes);
}

}  // namespace

void add_sums(smp::Run& sum, const smp::Run& run, Manner manner) {
  add_setup(sum.setup, run.setup, manner);
  add_counts(sum.counts, run.counts);
  add(sum.latency, run.latency);
  add(sum.service_time, run.service_time);
  add(sum.send_lag, run.send_lag);
  add(sum.generator_lag, run.generator_lag);
  add(sum.pool_lag, run.pool_lag);
  add_connections(sum.connect_time, run.connect_time);
  add_connections(sum.handshake_time, run.handshake_time);
  add(sum.parts, run.parts);
  add_connections(sum.message_latency, run.message_latency);
  add_generator(sum.generator, run.generator);
  keep_common(sum.labels, run.labels);
  keep_common(sum.environment.facts, run.environment.facts);
  add(sum.actual_qps, run.actual_qps);
}

void settle_sums(smp::Run& sum) {
  for (auto* one : {&sum.latency, &sum.service_time, &sum.send_lag, &sum.generator_lag,
                    &sum.pool_lag, &sum.connect_time, &sum.handshake_time, &sum.message_latency})
    settle(*one);
  for (auto& [name, part] : sum.parts) settle(part.latency);
}

}  // namespace weft::perf
