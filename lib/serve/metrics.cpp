#include "lib/serve/metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "lib/base/format.h"

namespace weft::serve {
namespace {

constexpr std::array<std::string_view, kPathClasses> kPathClassNames = {
    "/", "/echo", "/call", "/status", "/health", "/metrics", "/ws", "grpc", "other"};

using Workers = std::span<const Metrics* const>;

template <typename Pick>
std::uint64_t total(Workers workers, Pick pick) {
  std::uint64_t sum = 0;
  for (const Metrics* worker : workers) sum += pick(*worker).get();
  return sum;
}

void family(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  out += fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
}

void requests(std::string& out, Workers workers) {
  family(out, "weft_requests_total", "counter", "Requests answered, by path class and status.");
  for (std::size_t path = 0; path < kPathClasses; ++path) {
    for (std::size_t code = 0; code < 600; ++code) {
      const auto count = total(
          workers, [&](const Metrics& m) -> const Counter& { return m.requests[path][code]; });
      if (count == 0) continue;
      out += fmt::format("weft_requests_total{{path=\"{}\",code=\"{}\"}} {}\n",
                         kPathClassNames[path], code, count);
    }
  }
}

void latency(std::string& out, Workers workers) {
  family(out, "weft_request_duration_seconds", "histogram",
         "From the whole request to the whole answer.");
  std::uint64_t count = 0;
  for (std::size_t i = 0; i <= Metrics::kLatencyBoundsUs.size(); ++i) {
    count += total(workers, [&](const Metrics& m) -> const Counter& { return m.latency[i]; });
    const std::string bound =
        i < Metrics::kLatencyBoundsUs.size()
            ? fmt::format("{}", static_cast<double>(Metrics::kLatencyBoundsUs[i]) / 1e6)
            : "+Inf";
    out += fmt::format("weft_request_duration_seconds_bucket{{le=\"{}\"}} {}\n", bound, count);
  }
  const auto sum =
      total(workers, [](const Metrics& m) -> const Counter& { return m.latency_sum_ns; });
  out +=
      fmt::format("weft_request_duration_seconds_sum {}\nweft_request_duration_seconds_count {}\n",
                  static_cast<double>(sum) / 1e9, count);
}

struct Simple {
  std::string_view name, type, help;
  Counter Metrics::*counter;
};

constexpr Simple kSimple[] = {
    {"weft_requests_in_flight", "gauge", "Requests delayed, calling out or being answered.",
     &Metrics::in_flight},
    {"weft_requests_malformed_total", "counter", "Requests refused before they had a path.",
     &Metrics::malformed},
    {"weft_answers_aborted_total", "counter", "Answers withheld or cut off by a fault.",
     &Metrics::aborted},
    {"weft_connections_open", "gauge", "Connections open now.", &Metrics::connections_open},
    {"weft_connections_accepted_total", "counter", "Connections accepted.",
     &Metrics::connections_accepted},
    {"weft_connections_refused_total", "counter", "Connections over the limit, answered 503.",
     &Metrics::connections_refused},
    {"weft_tls_handshakes_failed_total", "counter", "Connections that ended in the TLS handshake.",
     &Metrics::handshakes_failed},
    {"weft_received_bytes_total", "counter", "Bytes read from connections.",
     &Metrics::bytes_received},
    {"weft_sent_bytes_total", "counter", "Bytes written to connections.", &Metrics::bytes_sent},
};

}  // namespace

std::string_view path_class_name(PathClass path) {
  return kPathClassNames[static_cast<std::size_t>(path)];
}

void Metrics::count_request(PathClass path, int status, base::Nanoseconds latency_ns) {
  auto& counters = requests[static_cast<std::size_t>(path)];
  counters[std::min(static_cast<std::size_t>(status), counters.size() - 1)].add(1);
  const auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(0, latency_ns.count()));
  std::size_t bucket = 0;
  while (bucket < kLatencyBoundsUs.size() && ns > kLatencyBoundsUs[bucket] * 1000) ++bucket;
  latency[bucket].add(1);
  latency_sum_ns.add(ns);
}

ProcessUsage process_usage() {
  ProcessUsage out;
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    const auto seconds = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    out.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }
  if (std::FILE* file = std::fopen("/proc/self/statm", "re")) {
    unsigned long size = 0;
    unsigned long resident = 0;
    if (std::fscanf(file, "%lu %lu", &size, &resident) == 2)
      out.resident_bytes = resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    std::fclose(file);
  }
  return out;
}

std::string render_metrics(Workers workers, const ProcessUsage& usage, base::WallTime start,
                           bool ready) {
  std::string out;
  requests(out, workers);
  latency(out, workers);
  for (const Simple& row : kSimple) {
    family(out, row.name, row.type, row.help);
    const auto value =
        total(workers, [&](const Metrics& m) -> const Counter& { return m.*(row.counter); });
    out += fmt::format("{} {}\n", row.name, value);
  }
  family(out, "weft_ready", "gauge", "1 while ready, 0 while draining.");
  out += fmt::format("weft_ready {}\n", ready ? 1 : 0);
  family(out, "process_cpu_seconds_total", "counter", "User and system CPU time.");
  out += fmt::format("process_cpu_seconds_total {:.6f}\n", usage.cpu_seconds);
  family(out, "process_resident_memory_bytes", "gauge", "Resident memory.");
  out += fmt::format("process_resident_memory_bytes {}\n", usage.resident_bytes);
  family(out, "process_start_time_seconds", "gauge", "When the service began, Unix time.");
  out += fmt::format("process_start_time_seconds {:.3f}\n",
                     static_cast<double>(start.time_since_epoch().count()) / 1e9);
  return out;
}

std::string render_metrics_json(Workers workers, const ProcessUsage& usage, base::WallTime start,
                                bool ready) {
  std::string out = "{\"schema\":\"weft.serve-metrics/v1\",\"requests\":[";
  bool first = true;
  for (std::size_t path = 0; path < kPathClasses; ++path) {
    for (std::size_t code = 0; code < 600; ++code) {
      const auto count = total(
          workers, [&](const Metrics& m) -> const Counter& { return m.requests[path][code]; });
      if (count == 0) continue;
      out += fmt::format("{}{{\"path\":\"{}\",\"code\":{},\"count\":{}}}", first ? "" : ",",
                         kPathClassNames[path], code, count);
      first = false;
    }
  }
  out += ']';
  for (const Simple& row : kSimple)
    out += fmt::format(
        ",\"{}\":{}", row.name,
        total(workers, [&](const Metrics& m) -> const Counter& { return m.*(row.counter); }));
  out += fmt::format(
      ",\"weft_ready\":{},\"process_cpu_seconds_total\":{:.6f},"
      "\"process_resident_memory_bytes\":{},\"process_start_time_seconds\":{:.3f}}}\n",
      ready, usage.cpu_seconds, usage.resident_bytes,
      static_cast<double>(start.time_since_epoch().count()) / 1e9);
  return out;
}

}  // namespace weft::serve
