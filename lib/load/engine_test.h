// What the tests of the engine share: a plan for a server of the test, the run, and the books.
#pragma once

#include <catch2/catch.hpp>
#include <numeric>
#include <thread>

#include "lib/load/engine.h"
#include "lib/testkit/tcp_server.h"

namespace weft::load::testing {

using namespace std::chrono_literals;
using testkit::Peer;
using testkit::TcpServer;

inline constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

inline TcpServer::Script answering(std::string_view answer) {
  return [answer](Peer& peer) {
    while (peer.read_request()) peer.send(answer);
  };
}

inline TcpServer::Script answering_after(base::Nanoseconds delay) {
  return [delay](Peer& peer) {
    while (peer.read_request()) {
      std::this_thread::sleep_for(delay);
      peer.send(kOk);
    }
  };
}

inline Plan plan_for(std::uint16_t port) {
  Plan plan;
  plan.target.url = {"http", "127.0.0.1", port, "/"};
  plan.connections = 4;
  plan.threads = 1;
  plan.timeout = 2s;
  plan.seed = 1;
  return plan;
}

inline Plan plan_for(const TcpServer& server) { return plan_for(server.port()); }

inline Outcome run(const Plan& plan) {
  const base::StopFlag stop;
  auto outcome = load::run(plan, nullptr, stop);
  if (!outcome.ok()) FAIL(outcome.error().message);
  return *std::move(outcome);
}

inline std::uint64_t errors(const Outcome& outcome, ErrorClass error) {
  return outcome.errors[static_cast<std::size_t>(error)];
}

inline std::uint64_t lost(const Outcome& outcome) {
  return std::accumulate(outcome.errors.begin(), outcome.errors.end(), std::uint64_t{0}) -
         errors(outcome, ErrorClass::status);
}

inline void check_that_counts_add_up(const Outcome& outcome) {
  CHECK(outcome.planned == outcome.sent + outcome.skipped);
  CHECK(outcome.sent == outcome.completed + lost(outcome) + outcome.abandoned);
  CHECK(outcome.latency.count() == outcome.completed);
  CHECK(outcome.service_time.count() == outcome.completed);
  CHECK(std::accumulate(outcome.statuses.begin(), outcome.statuses.end(), std::uint64_t{0}) ==
        outcome.completed);
  std::uint64_t planned = 0, completed = 0, failed = 0, samples = 0;
  for (const auto& interval : outcome.intervals) {
    planned += interval.planned;
    completed += interval.completed;
    failed += interval.errors;
    samples += interval.latency.count;
  }
  CHECK(planned == outcome.planned);
  CHECK(completed == outcome.completed);
  CHECK(samples == outcome.completed);
  CHECK(failed == lost(outcome) + errors(outcome, ErrorClass::status));
}

// Runs 20 requests against a server that treats every connection alike.
inline Outcome run_against(const TcpServer::Script& script) {
  const TcpServer server(script);
  Plan plan = plan_for(server);
  plan.requests = 20;
  plan.timeout = 300ms;
  Outcome outcome = run(plan);
  CHECK(outcome.sent == 20);
  check_that_counts_add_up(outcome);
  return outcome;
}

}  // namespace weft::load::testing
