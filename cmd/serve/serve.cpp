#include "cmd/serve/serve.h"

#include <chrono>
#include <memory>
#include <ostream>
#include <thread>

#include "cmd/context.h"
#include "cmd/output.h"
#include "cmd/perf/results.h"
#include "cmd/serve/modes.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/version.h"
#include "lib/conform/service_calls.h"
#include "lib/doc/write.h"
#include "lib/net/descriptors.h"
#include "lib/serve/fault.h"
#include "lib/serve/service.h"

namespace weft::cmd {
namespace {

using base::ExitCode;

struct Options {
  std::string mode = "weft";
  bool strict = false;
  std::string host;
  std::optional<std::int64_t> port, https, h2c, tcp, server_first, udp;
  std::string unix_socket;
  std::string journal_socket;
  bool journal_log = false;
  std::int64_t threads = 1;
  std::string delay, status, size, fault;
  std::int64_t max_connections = 10'000;
  base::Nanoseconds idle_timeout = std::chrono::seconds(75);
  base::Nanoseconds drain_timeout = std::chrono::seconds(10);
  std::optional<std::int64_t> seed;
  bool tls = false;
  std::string certificate, key, client_ca;  // files
};

std::string description() {
  std::string out =
      "Serves HTTP/1.1 and HTTP/2 with endpoints that tell what they saw, call other services and "
      "fail on "
      "request, so that a mesh can be tested and measured without another sample application. "
      "It listens on every interface unless --host says otherwise, and names itself in /echo by "
      "POD_NAME, POD_NAMESPACE, NODE_NAME, SERVICE_NAME and SERVICE_VERSION.\n\n"
      "Endpoints: / (a short text), /echo (the request as JSON), /call (calls another service: "
      "?url=..., or a chain in a JSON body), /status/NNN, /health, /metrics (Prometheus), /ws (a "
      "WebSocket whose messages come back). "
      "Over gRPC: grpc.health.v1.Health, fortio's fgrpc.PingServer, and reflection.\n\n"
      "With --mode it stands in for another sample application, byte by byte: learn-layer5 (SMI "
      "conformance; PORT), echo-basic (Gateway API conformance; HTTP_PORT, H2C_PORT, HTTPS_PORT "
      "and "
      "its other variables) or istio (Istio's echo; weft server has all of its flags).\n\n"
      "Faults are asked for in the query (/echo?delay=5ms), in the header x-weft-fault (delay=5ms; "
      "status=503@10%) or for every request by --fault; @P% after a value makes it strike P % of "
      "the requests:\n\n";
  for (const serve::FaultRow& row : serve::fault_rows())
    out += fmt::format("  {}{}{}: {}\n", row.name, row.grammar.empty() ? "" : "=", row.grammar,
                       row.meaning);
  return out;
}

std::string service_faults(const Options& options) {
  std::string out = options.fault;
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) out += fmt::format("{}{}={}", out.empty() ? "" : ";", name, value);
  };
  add("delay", options.delay);
  add("status", options.status);
  add("size", options.size);
  return out;
}

base::Result<std::string> read_if_given(const Context& context, const std::string& path) {
  if (path.empty()) return std::string();
  return base::read_file(path_in(context, path));
}

base::Result<std::optional<net::TlsServerOptions>> tls_options(
    const Context& context, const Options& given, const serve::ServiceOptions& service) {
  std::optional<net::TlsServerOptions> none;
  if (given.certificate.empty() != given.key.empty())
    return base::Error{ExitCode::usage, "a certificate needs its key",
                       "give both --tls-cert FILE and --tls-key FILE"};
  if (!given.tls && given.certificate.empty()) {
    if (given.client_ca.empty()) return none;
    return base::Error{ExitCode::usage, "--client-ca needs TLS", "add --tls, or --tls-cert"};
  }
  net::TlsServerOptions out;
  WEFT_TRY(client_ca, read_if_given(context, given.client_ca));
  out.client_ca = std::move(client_ca);
  WEFT_TRY(identity, given.certificate.empty()
                         ? made_identity(context, service)
                         : identity_from_files(context, given.certificate, given.key));
  out.identity = std::move(identity);
  return std::optional(std::move(out));
}

// The ports of the mode, then those of the flags. With --https the first one stays plain.
base::Result<void> add_ports(const Options& given, const std::optional<net::TlsServerOptions>& tls,
                             serve::ServiceOptions& out) {
  const auto add = [&](std::string_view flag, const std::optional<std::int64_t>& number,
                       serve::PortOptions port) -> base::Result<void> {
    if (!number) return {};
    WEFT_TRY(read, read_port(flag, fmt::format("{}", *number)));
    port.port = read;
    out.ports.push_back(std::move(port));
    return {};
  };
  if (given.https && !tls)
    return base::Error{ExitCode::usage, "--https needs a certificate",
                       "add --tls, or --tls-cert FILE and --tls-key FILE"};
  if (!out.unix_socket.empty()) {
    out.tls = tls;
    if (!given.https && !given.h2c && !given.tcp && !given.server_first && !given.udp) return {};
    return base::Error{ExitCode::usage, "a service on a unix socket has no ports"};
  }
  if (out.ports.empty()) out.ports = {{.port = 9091}};
  if (given.port) {
    WEFT_TRY(number, read_port("--port", fmt::format("{}", *given.port)));
    out.ports.front().port = number;
  }
  if (!given.https && tls) out.ports.front().tls = tls;
  WEFT_CHECK(add("--https", given.https, {.tls = tls}));
  WEFT_CHECK(add("--h2c", given.h2c, {.protocol = serve::Protocol::h2c}));
  WEFT_CHECK(add("--tcp", given.tcp, {.protocol = serve::Protocol::tcp}));
  WEFT_CHECK(add("--server-first", given.server_first,
                 {.protocol = serve::Protocol::tcp, .server_first = true}));
  return add("--udp", given.udp, {.protocol = serve::Protocol::udp});
}

base::Result<serve::ServiceOptions> service_options(const Context& context, const Options& given) {
  if (given.threads < 1 || given.threads > 256)
    return base::Error{ExitCode::usage, fmt::format("--threads {} is out of range", given.threads),
                       "choose 1 to 256"};
  if (given.max_connections < 1)
    return base::Error{ExitCode::usage, "--max-connections must be at least 1"};
  serve::ServiceOptions out;
  out.dialect = serve::parse_dialect(given.mode).value_or(serve::Dialect::weft);
  out.strict = given.strict;
  out.host = given.host;
  out.unix_socket = given.unix_socket;
  out.journal_socket = given.journal_socket;
  if (given.journal_log && given.journal_socket.empty())
    return base::Error{ExitCode::usage, "--journal-log is about the journal of --journal-socket"};
  if (given.journal_log)
    out.journal_sink = [&sink = context.out](std::string_view line) { sink << line << std::flush; };
  out.threads = static_cast<unsigned>(given.threads);
  out.faults = service_faults(given);
  out.identity = {context.env.get_or("SERVICE_NAME", ""), context.env.get_or("POD_NAME", ""),
                  context.env.get_or("POD_NAMESPACE", ""), context.env.get_or("NODE_NAME", ""),
                  context.env.get_or("SERVICE_VERSION", "")};
  out.identity.hostname = host_name();
  out.limits.connections = static_cast<std::size_t>(given.max_connections);
  out.limits.idle_timeout = given.idle_timeout;
  out.drain_limit = given.drain_timeout;
  if (given.seed) out.seed = static_cast<std::uint64_t>(*given.seed);
  WEFT_CHECK(take_mode_from_environment(context, out));
  WEFT_TRY(tls, tls_options(context, given, out));
  WEFT_CHECK(add_ports(given, tls, out));
  return out;
}

// The certificate that was made for this run; empty when there is none.
std::string made_certificate(const Options& options, const serve::ServiceOptions& wanted) {
  if (!options.certificate.empty()) return "";
  if (wanted.tls) return wanted.tls->identity.certificate;
  for (const serve::PortOptions& port : wanted.ports)
    if (port.tls && options.tls) return port.tls->identity.certificate;
  return "";
}

base::Result<ExitCode> run(Context& context, const Options& options) {
  WEFT_TRY(wanted, service_options(context, options));
  return run_service(context, wanted, made_certificate(options, wanted));
}

void announce(Context& context, const serve::Service& service, const std::string& certificate) {
  if (is_structured(context)) {
    doc::Value start;
    doc::Value ports = doc::Value::list();
    for (const serve::OpenPort& port : service.ports()) ports.push(port.url);
    start.set("schema", "weft.serve-start/v1")
        .set("url", service.url())
        .set("port", std::int64_t{service.port()})
        .set("ports", std::move(ports));
    if (!certificate.empty()) start.set("certificate", certificate);
    context.out << doc::write_json(start, 0) << '\n' << std::flush;
  } else if (!context.quiet) {
    for (const serve::OpenPort& port : service.ports())
      context.err << fmt::format("listening on {}\n", port.url);
    if (!certificate.empty())
      context.err << "with a certificate made for this run, to be trusted by clients:\n"
                  << certificate;
    context.err << std::flush;
  }
}

std::vector<std::string> mode_names() {
  std::vector<std::string> out;
  out.reserve(std::size(serve::kDialects));
  for (const serve::DialectRow& row : serve::kDialects) out.emplace_back(row.name);
  return out;
}

}  // namespace

base::Result<ExitCode> run_service(Context& context, serve::ServiceOptions wanted,
                                   const std::string& certificate) {
  net::raise_descriptor_limit();
  wanted.caller = conform::call_for_service;
  wanted.forwarder = conform::forward_for_service;
  WEFT_TRY(service, serve::Service::start(wanted, context.clock));
  announce(context, *service, certificate);
  while (!context.stop.requested()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  service->stop();
  if (!context.quiet) context.err << "draining\n" << std::flush;
  service->join();
  if (service->drained_in_time()) return ExitCode::done;
  return base::Error{ExitCode::timeout,
                     fmt::format("requests were cut off after {} of draining",
                                 base::format_duration(wanted.drain_limit)),
                     "give them longer with --drain-timeout"};
}

cli::Command serve_command() {
  auto options = std::make_shared<Options>();
  auto& o = *options;
  return {
      .name = "serve",
      .summary = "Run the sample service",
      .description = description(),
      .examples = {{"weft serve", "on port 9091 of every interface"},
                   {"weft serve --host 127.0.0.1 --port 0", "on a free port, for this machine"},
                   {"weft serve --delay p50:2ms,p99:40ms --status 503@1%", "slow and unreliable"},
                   {"weft serve --tls", "with a certificate that it prints"},
                   {"weft serve --tcp 9093 --udp 9094", "echoes over TCP and UDP, too"},
                   {"weft serve --mode echo-basic", "for the Gateway API conformance suite"},
                   {"weft serve --fault 'abort=reset@1%; slow-body=64KiB/s@5%'", "broken answers"}},
      .flags =
          {cli::flag("--host", o.host, "IP address to listen on, or localhost; all when not given")
               .takes("ADDRESS"),
           cli::flag("--port", o.port, "port to listen on; 0 takes a free one")
               .as('p')
               .takes("PORT")
               .defaults_to("9091"),
           cli::flag("--https", o.https, "another port, with TLS; the first one stays plain")
               .takes("PORT"),
           cli::flag("--h2c", o.h2c, "another port, for HTTP/2 and gRPC without TLS only")
               .takes("PORT"),
           cli::flag("--tcp", o.tcp, "another port, where bytes come back over TCP").takes("PORT"),
           cli::flag("--server-first", o.server_first,
                     "likewise, but a line comes first: weft and SERVICE_NAME")
               .takes("PORT"),
           cli::flag("--udp", o.udp, "another port, where datagrams come back").takes("PORT"),
           cli::flag("--mode", o.mode, "the application to stand in for").one_of(mode_names()),
           cli::flag("--strict", o.strict, "learn-layer5 that hides no outcome of a call"),
           cli::flag("--unix-socket", o.unix_socket, "listen on this path instead").takes("PATH"),
           cli::flag("--journal-socket", o.journal_socket,
                     "keep a journal of the requests, and show it to weft journal here")
               .takes("PATH"),
           cli::flag("--journal-log", o.journal_log, "write the journal to standard output, too"),
           cli::flag("--threads", o.threads, "threads, each with its own event loop"),
           cli::flag("--tls", o.tls, "speak TLS, with a certificate made at the start").in("TLS"),
           cli::flag("--tls-cert", o.certificate, "certificate and chain, in PEM; implies --tls")
               .takes("FILE")
               .in("TLS"),
           cli::flag("--tls-key", o.key, "key of --tls-cert, in PEM").takes("FILE").in("TLS"),
           cli::flag("--client-ca", o.client_ca,
                     "demand client certificates of these authorities (mTLS)")
               .takes("FILE")
               .in("TLS"),
           cli::flag("--delay", o.delay, "delay every answer").takes("DELAY").in("Faults"),
           cli::flag("--status", o.status, "answer with this status").takes("STATUS").in("Faults"),
           cli::flag("--size", o.size, "answer with a body of this size")
               .takes("SIZE")
               .in("Faults"),
           cli::flag("--fault", o.fault, "any faults, as in x-weft-fault")
               .takes("FAULTS")
               .in("Faults"),
           cli::flag("--seed", o.seed, "repeat the same random faults").in("Faults"),
           cli::flag("--max-connections", o.max_connections, "connections per thread").in("Limits"),
           cli::flag("--idle-timeout", o.idle_timeout, "close connections unused for so long")
               .in("Limits"),
           cli::flag("--drain-timeout", o.drain_timeout, "cut off what is in flight after so long")
               .in("Limits")},
      .exit_notes = {{ExitCode::done, "ended by a signal, everything in flight was answered"},
                     {ExitCode::timeout, "ended by a signal, but requests had to be cut off"}},
      .heading = "Services",
      .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
