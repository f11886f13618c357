// The load engine: plans when requests should leave, sends them, and measures from the plan, so
// that a stalled server cannot hide its stall (no coordinated omission). It reports its own
// lateness beside the latency of the target.
//
//   load::Plan plan;
//   plan.target.url = *net::parse_url("http://127.0.0.1:8080/");
//   plan.qps = 1000;
//   plan.duration = 10s;
//   WEFT_TRY(outcome, load::run(plan, on_progress, stop));
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/number.h"
#include "lib/base/result.h"
#include "lib/base/stop.h"
#include "lib/load/pace.h"
#include "lib/load/template.h"
#include "lib/net/http2.h"
#include "lib/net/proxy.h"
#include "lib/net/tls.h"
#include "lib/net/url.h"
#include "lib/stats/histogram.h"
#include "lib/stats/interval.h"

namespace weft::load {

enum class Arrival { uniform, poisson };
// What becomes of a request that finds no connection free when it is due.
enum class Saturation {
  queue,  // it waits, and its latency counts from its time
  drop,   // it is skipped at once, as the waiting of clients that give up
  fail    // the run ends, and is invalid; a connection that may still be opened is awaited
};
// tcp and udp: the body goes out and has to come back.
enum class Protocol { http1, http2, tcp, udp };

struct Target {
  net::Url url;
  std::string method = "GET";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string unix_socket;  // connect here instead; url.host stays in the Host header
  std::vector<std::pair<std::string, std::string>> resolve;  // "host:port" -> address
  // Host and port to connect to instead; several take turns, with all their addresses.
  std::vector<std::pair<std::string, std::uint16_t>> connect_to;
  std::optional<net::Proxy> proxy;
  bool tunnel = false;  // through an HTTP proxy for http:// too, as for https:// and HTTP/2
  // Addresses of this machine to connect from, in turn; empty: the kernel chooses.
  std::vector<std::string> local_addresses;
  net::TlsClientOptions tls;  // of https
};

// What is asked instead of the target's method, path, headers and body: one of several kinds, or
// with values that change from request to request.
struct RequestKind {
  std::string name;          // of its figures; kinds of one name share them
  std::uint32_t weight = 1;  // how often, in proportion to the others
  std::string method = "GET";
  Template path;  // and query
  std::vector<std::pair<std::string, Template>> headers;
  Template body;
};

// When connections of HTTP/1.1 that could be kept are replaced all the same. The new one is opened
// at once, beside the load: its time is in the figures of connecting, not in the latency.
struct Renewal {
  std::optional<std::uint64_t> max_requests;  // over one connection
  std::optional<base::Nanoseconds> max_age;   // looked at after each answer
  double churn = 0;                           // of the connections, replaced each second: 0.05
  bool any() const { return max_requests || max_age || churn > 0; }
};

// One of several generators that share a load, numbered from 0.
struct Part {
  unsigned index = 0;
  unsigned count = 1;
  friend bool operator==(const Part&, const Part&) = default;
};

// How a method is called over gRPC. The protocol is http2 then, the target is asked by POST, and
// its body is one message of the request with gRPC's head before it.
struct GrpcMethod {
  bool client_streams = false, server_streams = false;
  // Of one call: sent on a client's stream; sent in turn with their answers where both sides
  // stream; awaited on a server's stream before it is left. 0: one to send, and all there are to
  // await.
  std::uint64_t messages = 0;
};

struct Plan {
  Target target;
  std::vector<RequestKind> kinds;  // empty: what the target says
  Protocol protocol = Protocol::http1;
  std::optional<GrpcMethod> grpc;
  unsigned streams = 1;       // at once over one connection of HTTP/2
  std::optional<double> qps;  // absent: closed loop, as fast as the connections allow
  Arrival arrival = Arrival::poisson;
  unsigned burst = 1;  // requests that come at the same moment
  Saturation on_saturation = Saturation::queue;
  Pace pace;  // how the rate changes; qps is its mean until the end
  // Replaces rate, arrival, burst and pace: when to send, ns from the start, ascending. qps is its
  // mean rate.
  std::vector<std::uint64_t> trace;
  std::optional<base::Nanoseconds> duration;
  std::optional<std::uint64_t> requests;  // stop after that many, whichever limit comes first
  base::Nanoseconds warmup{0};            // same load before the measured part, not recorded
  bool until_settled = false;  // the warm-up ends before that when the latency has settled
  unsigned connections = 50;
  // An open loop opens up to so many while all others wait for answers; 0: no more.
  unsigned max_connections = 0;
  unsigned threads = 0;  // 0: usable CPUs minus one, at least one, at most one per connection
  base::Nanoseconds timeout = std::chrono::seconds(10);  // of one request, connect included
  bool keepalive = true;
  Renewal renewal;
  std::optional<std::uint64_t> seed;
  // When there are several, rate, arrivals, trace and requests are of all of them together, and
  // this one sends its part; connections and threads are its own. All have as many threads, and
  // one seed: then nothing is sent twice and nothing is left out.
  Part part;
};

enum class ErrorClass {
  dns,
  refused,
  unreachable,
  reset,
  closed,
  timeout,
  proxy,
  tls,
  protocol,
  short_body,
  stream_reset,
  status,
  resources,
  grpc
};
inline constexpr std::size_t kErrorClasses = 14;
std::string_view error_name(ErrorClass error);     // "short_body"
std::string_view error_meaning(ErrorClass error);  // "the answer ended before its stated length"

// What the kinds of one name did; the parts of the figures of the run.
struct GroupFigures {
  std::string name;
  std::uint64_t sent = 0, completed = 0, errors = 0;
  std::array<std::uint64_t, 600> statuses{};
  stats::Histogram latency;
};

struct Progress {
  base::Nanoseconds elapsed{0};  // of the measured part; negative during warm-up
  std::uint64_t completed = 0;
  std::uint64_t errors = 0;
  std::uint64_t in_flight = 0;
  double recent_qps = 0;                 // over the last interval
  std::uint64_t p50_ns = 0, p99_ns = 0;  // so far
};

enum class Verdict { valid, suspect, invalid };

struct Outcome {
  base::WallTime started, ended;    // the end counts from the start, whatever the clock did
  base::Nanoseconds clock_step{0};  // by how much it was set during the run, about
  base::Nanoseconds elapsed{0};     // of the measured part
  bool interrupted = false;
  // planned = sent + skipped; sent = completed + abandoned + the errors of all classes but status.
  std::uint64_t planned = 0, sent = 0;
  std::uint64_t completed = 0;  // whole answers, bad statuses included
  std::uint64_t skipped = 0;    // still waiting for a connection when the run ended
  std::uint64_t abandoned = 0;  // without an answer when the run was interrupted
  std::uint64_t retries = 0;    // sent again because an idle connection was closed under them
  std::array<std::uint64_t, kErrorClasses> errors{};
  std::array<std::uint64_t, 600> statuses{};                 // by code; of gRPC by grpc-status
  std::array<std::uint64_t, net::kHttp2Codes + 1> resets{};  // of HTTP/2 streams, by code
  std::uint64_t goaways = 0;                                 // of HTTP/2 connections
  std::uint64_t bytes_received = 0, bytes_sent = 0;
  std::uint64_t retransmits = 0;   // TCP segments that were sent again, by TCP_INFO
  stats::Histogram latency;        // planned -> whole answer; successes and bad statuses
  stats::Histogram service_time;   // real send -> whole answer
  stats::Histogram send_lag;       // planned -> real send
  stats::Histogram generator_lag;  // the part of it during which a connection was free (open loop)
  stats::Histogram pool_lag;       // the part during which none was (open loop)
  stats::Histogram connect_time;
  stats::Histogram handshake_time;   // of TLS, after connecting
  std::uint64_t resumed = 0;         // handshakes that took up an earlier session
  std::vector<GroupFigures> groups;  // where the plan has several kinds
  base::Nanoseconds warmup{0};       // as it was
  // Of a warm-up until_settled: where it settled; absent when it had not at the end.
  std::optional<base::Nanoseconds> settled_after;
  // Of gRPC, see GrpcCounts.
  std::uint64_t messages_sent = 0, messages_received = 0;
  stats::Histogram message_latency;
  std::vector<stats::Interval>
      intervals;  // 1 s each; neighbours are joined so that at most 240 remain
  unsigned threads = 0;
  std::uint64_t seed = 0;
  double cpu_seconds = 0;       // of the worker threads
  double busy_percent = 0;      // of the busiest worker: not asleep and not polling
  double cpu_wait_percent = 0;  // of the worst worker: wanted to run, but had no CPU
  std::uint64_t preempted = 0;  // how often a worker was made to give up its CPU
  std::uint64_t missed_deadlines = 0;
  bool saturated = false;  // ended by Saturation::fail
  // Of the gaps between the sends of a worker, at one constant rate without bursts: about 0 of even
  // arrivals, 1 of Poisson's.
  std::optional<double> pacing_cv;
  Verdict verdict = Verdict::valid;
  std::vector<std::string> reasons;  // why not valid, one sentence each
  std::string first_error;           // the first failure in words, for the summary
  std::string first_remedy;          // what to do about it; may be empty
};

// Calls `progress` about four times a second from the calling thread. Ends early and marks the
// outcome interrupted when `stop` is requested. Errors: usage for an impossible plan, timeout
// when the target never answered within the run, input for a name that does not resolve.
using ProgressSink = std::function<void(const Progress&)>;
base::Result<Outcome> run(const Plan& plan, const ProgressSink& progress,
                          const base::StopFlag& stop);

}  // namespace weft::load
