#include "cmd/serve/serve.h"

#include <chrono>
#include <memory>
#include <ostream>
#include <thread>

#include "cmd/context.h"
#include "cmd/output.h"
#include "cmd/perf/results.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/version.h"
#include "lib/doc/write.h"
#include "lib/net/descriptors.h"
#include "lib/pki/issue.h"
#include "lib/serve/fault.h"
#include "lib/serve/service.h"

namespace weft::cmd {
namespace {

using base::ExitCode;

constexpr int kCertificateDays = 30;

struct Options {
  std::string host;
  std::int64_t port = 9091;
  std::string unix_socket;
  std::string journal_socket;
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
      "?url=..., or a chain in a JSON body), /status/NNN, /health, /metrics (Prometheus).\n\n"
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

// How this service may be called, from this machine and within a cluster.
std::vector<std::string> names_of(const serve::ServiceOptions& options) {
  std::vector<std::string> names{"localhost", "127.0.0.1", "::1"};
  const auto& [service, pod, space, node, version] = options.identity;
  if (!options.host.empty() && options.host != "localhost") names.push_back(options.host);
  if (!service.empty()) names.push_back(service);
  if (!service.empty() && !space.empty()) {
    names.push_back(fmt::format("{}.{}", service, space));
    names.push_back(fmt::format("{}.{}.svc", service, space));
    names.push_back(fmt::format("{}.{}.svc.cluster.local", service, space));
  }
  return names;
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
  if (given.certificate.empty()) {
    WEFT_TRY(made, pki::issue_leaf({"weft serve", context.clock.wall(), kCertificateDays},
                                   names_of(service)));
    out.identity = {made.certificate, made.key};
  } else {
    WEFT_TRY(certificate, read_if_given(context, given.certificate));
    WEFT_TRY(key, read_if_given(context, given.key));
    out.identity = {std::move(certificate), std::move(key)};
  }
  return std::optional(std::move(out));
}

base::Result<serve::ServiceOptions> service_options(const Context& context, const Options& given) {
  if (given.port < 0 || given.port > 65535)
    return base::Error{ExitCode::usage, fmt::format("--port {} is not a port", given.port),
                       "choose 0 to 65535; 0 takes a free one"};
  if (given.threads < 1 || given.threads > 256)
    return base::Error{ExitCode::usage, fmt::format("--threads {} is out of range", given.threads),
                       "choose 1 to 256"};
  if (given.max_connections < 1)
    return base::Error{ExitCode::usage, "--max-connections must be at least 1"};
  serve::ServiceOptions out;
  out.host = given.host;
  out.port = static_cast<std::uint16_t>(given.port);
  out.unix_socket = given.unix_socket;
  out.journal_socket = given.journal_socket;
  out.threads = static_cast<unsigned>(given.threads);
  out.faults = service_faults(given);
  out.identity = {context.env.get_or("SERVICE_NAME", ""), context.env.get_or("POD_NAME", ""),
                  context.env.get_or("POD_NAMESPACE", ""), context.env.get_or("NODE_NAME", ""),
                  context.env.get_or("SERVICE_VERSION", "")};
  out.limits.connections = static_cast<std::size_t>(given.max_connections);
  out.limits.idle_timeout = given.idle_timeout;
  out.drain_limit = given.drain_timeout;
  if (given.seed) out.seed = static_cast<std::uint64_t>(*given.seed);
  WEFT_TRY(tls, tls_options(context, given, out));
  out.tls = std::move(tls);
  return out;
}

void announce(Context& context, const Options& options, const serve::ServiceOptions& wanted,
              const serve::Service& service) {
  const bool made = wanted.tls && options.certificate.empty();
  if (is_structured(context)) {
    doc::Value start;
    start.set("schema", "weft.serve-start/v1")
        .set("url", service.url())
        .set("port", std::int64_t{service.port()});
    if (made) start.set("certificate", wanted.tls->identity.certificate);
    context.out << doc::write_json(start, 0) << '\n' << std::flush;
  } else if (!context.quiet) {
    context.err << fmt::format("listening on {}\n", service.url());
    if (made)
      context.err << "with a certificate made for this run, to be trusted by clients:\n"
                  << wanted.tls->identity.certificate;
    context.err << std::flush;
  }
}

base::Result<ExitCode> run(Context& context, const Options& options) {
  WEFT_TRY(wanted, service_options(context, options));
  net::raise_descriptor_limit();
  WEFT_TRY(service, serve::Service::start(wanted, context.clock));
  announce(context, options, wanted, *service);
  while (!context.stop.requested()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  service->stop();
  if (!context.quiet) context.err << "draining\n" << std::flush;
  service->join();
  if (service->drained_in_time()) return ExitCode::done;
  return base::Error{ExitCode::timeout,
                     fmt::format("requests were cut off after {} of draining",
                                 base::format_duration(options.drain_timeout)),
                     "give them longer with --drain-timeout"};
}

}  // namespace

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
                   {"weft serve --fault 'abort=reset@1%; slow-body=64KiB/s@5%'", "broken answers"}},
      .flags =
          {cli::flag("--host", o.host, "IP address to listen on, or localhost; all when not given")
               .takes("ADDRESS"),
           cli::flag("--port", o.port, "port to listen on; 0 takes a free one").as('p'),
           cli::flag("--unix-socket", o.unix_socket, "listen on this path instead").takes("PATH"),
           cli::flag("--journal-socket", o.journal_socket,
                     "keep a journal of the requests, and show it to weft journal here")
               .takes("PATH"),
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
