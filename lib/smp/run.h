// One performance run, whoever measured it: our engine, or a file of another tool. This is the
// internal model; SMP, fortio and the others are projections of it with declared losses.
// What is not known is absent, never zero and never a placeholder.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/number.h"
#include "lib/stats/histogram.h"
#include "lib/stats/interval.h"

namespace weft::smp {

using Labels = std::map<std::string, std::string>;

enum class Loop { unknown, closed, open };
enum class Omission { unknown, corrected, uncorrected };  // coordinated omission
enum class Verdict { unknown, valid, suspect, invalid };

// (start, end] of an imported histogram; the first bucket includes its start.
struct Bucket {
  double start_ms = 0;
  double end_ms = 0;
  std::uint64_t count = 0;
};

// A distribution of times. Ours carries a histogram; an imported one carries buckets, or only
// the percentiles that the tool printed.
struct Distribution {
  std::optional<std::uint64_t> count;
  std::optional<double> min_ms, mean_ms, max_ms, stddev_ms;
  std::map<double, double> percentiles_ms;  // percentile (0..100) -> ms, as the source states it
  std::vector<Bucket> buckets;
  std::optional<stats::Histogram> histogram;

  static Distribution of(stats::Histogram histogram);
  bool empty() const;
  // From the histogram, else the stated percentile, else fortio's interpolation in the buckets
  // (smp-meshmark 3.1). Absent when none of them can tell.
  std::optional<double> percentile_ms(double p) const;
};

struct Setup {
  std::string load_generator;  // "weft", "fortio", "nighthawk", ...
  std::string load_generator_version;
  std::vector<std::string> urls;
  std::string method;
  std::string protocol;  // "http/1.1", "h2", "grpc", "tcp", "udp"
  std::string tls;       // "verified", "not verified"; empty: plain, or not known
  std::optional<std::int64_t> connections, max_connections;
  std::optional<std::int64_t> streams;  // at once over one connection of HTTP/2
  std::optional<std::int64_t> threads;
  std::optional<double> requested_qps;  // absent with unthrottled == false: not known
  bool unthrottled = false;             // asked for as many as possible
  std::optional<base::Nanoseconds> duration;
  std::optional<std::uint64_t> requests;
  std::optional<base::Nanoseconds> warmup;
  std::string warmup_rule;  // what decided its length, where something did
  std::optional<base::Nanoseconds> timeout;
  Loop loop = Loop::unknown;
  Omission omission = Omission::unknown;
  std::string arrival;  // "uniform", "poisson", ... of an open loop
  std::optional<bool> keepalive;
  std::optional<std::uint64_t> seed;
  std::optional<std::uint64_t> body_bytes;  // of the request
  std::string proxy;                        // "socks5://10.0.0.1:1080"; empty: none, or not known
  std::string renewal;                      // when connections are replaced: "after 100 requests"
};

struct Counts {
  std::optional<std::uint64_t> planned;         // arrivals that the schedule asked for
  std::optional<std::uint64_t> completed;       // requests with a whole answer, whatever its status
  std::optional<std::uint64_t> skipped;         // planned and never sent
  std::map<std::string, std::uint64_t> errors;  // by class: "refused", "timeout", "status" ...
  std::map<std::string, std::uint64_t> statuses;  // "200", "503", "SERVING"
  std::map<std::string, std::uint64_t> resets;    // HTTP/2 streams: "REFUSED_STREAM" ...
  std::optional<std::uint64_t> goaways;           // HTTP/2 connections that were told to go away
  std::optional<std::uint64_t> messages_received, messages_sent;  // of gRPC
  std::optional<std::uint64_t> bytes_received;
  std::optional<std::uint64_t> bytes_sent;
  std::optional<std::uint64_t> retransmits;  // TCP segments that the generator sent again

  std::uint64_t error_total() const;
  // Errors over all attempts with an outcome; absent when nothing is known.
  std::optional<double> error_ratio() const;
};

// How well the generator itself did.
struct Generator {
  Verdict verdict = Verdict::unknown;
  std::vector<std::string> reasons;        // why the verdict is not "valid", one sentence each
  std::optional<double> cpu_seconds;       // of the whole generator process
  std::optional<double> busy_percent;      // of the busiest worker thread
  std::optional<double> cpu_wait_percent;  // of the worst one: ready to run, but without a CPU
  std::optional<std::uint64_t> preempted;  // involuntary context switches of all
  std::optional<std::uint64_t> missed_deadlines;
  std::optional<double> pacing_cv;  // coefficient of variation of the gaps between sends
  std::optional<std::uint64_t> max_rss_bytes;
};

struct Node {
  std::string type;
  std::optional<std::int64_t> cores;
  std::optional<std::int64_t> mem_mb;
};

// One of several kinds of requests in a run.
struct Part {
  std::optional<std::uint64_t> sent, completed, errors;
  std::map<std::string, std::uint64_t> statuses;
  Distribution latency;
};

struct Environment {
  std::string kubernetes_version;
  std::vector<Node> nodes;
  Labels facts;  // "os", "kernel", "cpu", "clock" ...: what SMP has no field for
};

struct Mesh {
  std::string type;  // SMP enum name in lower case: "istio"; "" when not known or none
  std::string version;
};

// Resource use of a part ("dp" data plane, "cp" control plane, "app") during the run.
struct Usage {
  std::optional<double> cpu_mcores, cpu_mcores_assigned;
  std::optional<double> mem_mb, mem_mb_assigned;
};

struct Origin {
  std::string format;   // "weft", "smp", "fortio", "meshery", "nighthawk", "wrk" ...
  std::string dialect;  // SMP: "D0" .. "D5"
  std::string path;
};

struct Run {
  std::string id;
  std::string name;
  Labels labels;
  Origin origin;
  std::optional<base::WallTime> started, ended;
  bool interrupted = false;
  Setup setup;
  Counts counts;
  std::optional<double> actual_qps;
  Distribution latency;         // from the planned time where the tool has one
  Distribution service_time;    // from the real send
  Distribution send_lag;        // real send minus plan
  Distribution generator_lag;   // the part of it that the generator caused, a connection being free
  Distribution pool_lag;        // the part of it during which no connection was free
  Distribution connect_time;    // of the connections that came about
  Distribution handshake_time;  // of TLS, after connecting
  Distribution message_latency;  // of a stream of gRPC: to the answer, or to the next message
  std::vector<stats::Interval> intervals;
  std::map<std::string, Part> parts;  // by the name of the kind; empty: there is only one
  Generator generator;
  Environment environment;
  Mesh mesh;
  std::map<std::string, Usage> resources;
  std::string details_uri, test_id, mesh_config_id, env_id;
  std::vector<std::string> warnings;  // what a reader should doubt, one sentence each
};

}  // namespace weft::smp
