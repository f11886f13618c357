// What one worker thread counts, and the Prometheus text made of all of them. One thread writes,
// any thread reads; a scrape sees each counter as it was at some moment, not all at one moment.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/base/number.h"

namespace weft::serve {

// Adds without a locked instruction, which is right for one writer only.
class Counter {
 public:
  void add(std::uint64_t n) { value_.store(get() + n, std::memory_order_relaxed); }
  void subtract(std::uint64_t n) { value_.store(get() - n, std::memory_order_relaxed); }
  std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// Requests are counted by these classes, never by path: a label must not grow with the input.
// The code of a gRPC call is its grpc-status.
enum class PathClass { root, echo, call, status, health, metrics, websocket, grpc, other };
inline constexpr std::size_t kPathClasses = 9;
std::string_view path_class_name(PathClass path);

struct Metrics {
  static constexpr std::array<std::uint64_t, 18> kLatencyBoundsUs = {
      50,     100,     250,     500,     1'000,     2'500,     5'000,     10'000,     25'000,
      50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 5'000'000, 10'000'000, 60'000'000};

  std::array<std::array<Counter, 600>, kPathClasses>
      requests;                                              // by status, the last: 599 and above
  std::array<Counter, kLatencyBoundsUs.size() + 1> latency;  // not cumulative
  Counter latency_sum_ns;
  Counter in_flight;  // delayed, calling out, or being sent
  Counter connections_open, connections_accepted, connections_refused;
  Counter handshakes_failed;  // of TLS
  Counter bytes_received, bytes_sent;
  Counter malformed;  // requests refused before they had a path
  Counter aborted;    // answers cut off or withheld by a fault

  void count_request(PathClass path, int status, base::Nanoseconds latency_ns);
};

struct ProcessUsage {
  double cpu_seconds = 0;
  std::uint64_t resident_bytes = 0;
};
ProcessUsage process_usage();

// Prometheus text format 0.0.4. `start` is when the service began.
std::string render_metrics(std::span<const Metrics* const> workers, const ProcessUsage& usage,
                           base::WallTime start, bool ready);
// The same as JSON, schema weft.serve-metrics/v1: samples by the names of the text.
std::string render_metrics_json(std::span<const Metrics* const> workers, const ProcessUsage& usage,
                                base::WallTime start, bool ready);

}  // namespace weft::serve
