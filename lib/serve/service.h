// The sample service: an HTTP server with endpoints that tell what they saw (/echo), call other
// services (/call), misbehave on request (faults, see fault.h) and count (/metrics), on as many
// ports as wanted, and echoes over TCP and UDP. It can stand in for other sample applications, see
// dialect.h. Each thread runs its own event loop and listening sockets; nothing is shared on the
// hot path.
//
//   serve::ServiceOptions options;
//   options.host = "127.0.0.1";
//   WEFT_TRY(service, serve::Service::start(options));
//   use(service->url());          // "http://127.0.0.1:38211"
//   service->stop();              // drain: finish what is in flight, at most options.drain_limit
//   service->join();
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/number.h"
#include "lib/base/result.h"
#include "lib/net/tls.h"
#include "lib/serve/call.h"
#include "lib/serve/dialect.h"
#include "lib/serve/forward.h"
#include "lib/serve/journal.h"
#include "lib/serve/port.h"

namespace weft::serve {

// Who answers: shown by /echo, so that a test sees which replica it reached.
struct Identity {
  std::string service, pod, pod_namespace, node, version;
  std::string ingress, cluster, istio_version, hostname;  // some dialects tell these, too
};

// What one client may take. Beyond it: 431, 413, 408 or 503, and the connection is closed.
struct Limits {
  std::size_t head_bytes = 16 << 10;
  std::uint64_t body_bytes = 64 << 20;      // counted and dropped
  std::uint64_t kept_body_bytes = 1 << 20;  // where the body is used: /call
  std::size_t connections = 10'000;         // of one thread
  std::uint32_t streams = 1000;             // at once over one connection of HTTP/2
  base::Nanoseconds head_timeout = std::chrono::seconds(10);
  base::Nanoseconds body_timeout = std::chrono::seconds(60);
  base::Nanoseconds idle_timeout = std::chrono::seconds(75);
  base::Nanoseconds write_timeout = std::chrono::seconds(30);  // without any progress
};

struct PortOptions {
  Protocol protocol = Protocol::http;
  std::uint16_t port = 0;                    // 0: the kernel chooses
  std::string host;                          // empty: as ServiceOptions::host
  std::optional<net::TlsServerOptions> tls;  // absent: plain; never with UDP
  bool server_first = false;                 // see Port
};

struct ServiceOptions {
  Dialect dialect = Dialect::weft;
  std::vector<PortOptions> ports;  // empty: one of HTTP, made of `port` and `tls`
  std::string host;                // numeric address or "localhost"; empty: every interface
  std::uint16_t port = 0;          // 0: the kernel chooses
  std::string unix_socket;         // listen on this path instead
  std::string journal_socket;      // keep a journal (journal.h) and answer /journal here
  Journal::Sink journal_sink;      // gets its records, too
  unsigned threads = 1;
  std::optional<net::TlsServerOptions> tls;  // absent: plain
  std::string faults;  // for every request, "delay=5ms; status=503@10%"; a request may override
  // At the end of each period the service answers nothing for so long; 0: never.
  base::Nanoseconds stall_period{0}, stall_length{0};
  bool strict = false;  // of learn-layer5: see there
  Identity identity;
  Limits limits;
  base::Nanoseconds drain_limit = std::chrono::seconds(10);
  Caller caller;        // of /call in other protocols than HTTP/1.1 in plain text; empty: refused
  Forwarder forwarder;  // of ForwardEcho; empty: refused
  std::uint64_t seed = 0;  // of random faults; 0: a different one each time
};

struct OpenPort {
  Protocol protocol = Protocol::http;
  std::uint16_t number = 0;
  // How to reach it from this machine: "http://127.0.0.1:9091", "tcp://...", "unix:/run/weft.sock".
  std::string url;
};

class Service {
 public:
  // Listens and serves in threads of its own. `clock` must outlive the service.
  static base::Result<std::unique_ptr<Service>> start(
      ServiceOptions options, const base::Clock& clock = base::system_clock());
  ~Service();  // without draining

  std::uint16_t port() const;  // the first one; 0 on a unix socket
  std::vector<OpenPort> ports() const;
  std::string url() const;  // of the first one

  void stop();                   // begins to drain; returns at once; from any thread
  void join();                   // until drained
  bool drained_in_time() const;  // after join: nothing had to be cut off

 private:
  struct Impl;
  explicit Service(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace weft::serve
