#include "lib/load/totals.h"

#include <algorithm>

namespace weft::load {
namespace {

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

void add_groups(Outcome& outcome, const std::vector<GroupFigures>& groups) {
  outcome.groups.resize(groups.size());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    GroupFigures& into = outcome.groups[i];
    into.name = groups[i].name;
    into.sent += groups[i].sent;
    into.completed += groups[i].completed;
    into.errors += groups[i].errors;
    for (std::size_t code = 0; code < into.statuses.size(); ++code)
      into.statuses[code] += groups[i].statuses[code];
    into.latency.merge(groups[i].latency);
  }
}

}  // namespace

void add_totals(Outcome& outcome, const Totals& totals) {
  outcome.planned += totals.planned;
  outcome.sent += totals.sent;
  outcome.completed += totals.completed;
  outcome.skipped += totals.skipped;
  outcome.abandoned += totals.abandoned;
  outcome.retries += totals.retries;
  for (std::size_t i = 0; i < kErrorClasses; ++i) outcome.errors[i] += totals.errors[i];
  for (std::size_t i = 0; i < totals.statuses.size(); ++i)
    outcome.statuses[i] += totals.statuses[i];
  for (std::size_t i = 0; i < totals.http2.resets.size(); ++i)
    outcome.resets[i] += totals.http2.resets[i];
  outcome.goaways += totals.http2.goaways;
  outcome.bytes_sent += totals.bytes_sent;
  outcome.bytes_received += totals.bytes_received;
  outcome.retransmits += totals.retransmits;
  outcome.service_time.merge(totals.service_time);
  outcome.send_lag.merge(totals.send_lag);
  outcome.generator_lag.merge(totals.generator_lag);
  outcome.pool_lag.merge(totals.pool_lag);
  outcome.connect_time.merge(totals.connect_time);
  outcome.cpu_seconds += static_cast<double>(totals.cpu_ns) / 1e9;
  outcome.preempted += totals.preempted;
  outcome.busy_percent = std::max(outcome.busy_percent, percent(totals.busy_ns, totals.wall_ns));
  outcome.cpu_wait_percent =
      std::max(outcome.cpu_wait_percent, percent(totals.starved_ns, totals.wall_ns));
  outcome.handshake_time.merge(totals.handshake_time);
  outcome.resumed += totals.resumed;
  add_groups(outcome, totals.groups);
  outcome.messages_sent += totals.http2.grpc.sent;
  outcome.messages_received += totals.http2.grpc.received;
  outcome.message_latency.merge(totals.http2.grpc.latency);
  if (totals.first_failure && outcome.first_error.empty()) {
    outcome.first_error = describe(*totals.first_failure);
    outcome.first_remedy = remedy_for(*totals.first_failure);
  }
  if (outcome.first_error.empty()) outcome.first_error = totals.first_refusal;
}

}  // namespace weft::load
