// weft server: the flags of the server in Istio's echo image, which starts it by this name.
#include <algorithm>
#include <memory>

#include "cmd/context.h"
#include "cmd/perf/results.h"
#include "cmd/serve/modes.h"
#include "cmd/serve/serve.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;
using serve::PortOptions;
using serve::Protocol;

using Numbers = std::vector<std::uint16_t>;

struct Options {
  // Each may be given several times, and each time hold several numbers: "8080,8443".
  std::vector<std::string> http, grpc, tcp, udp, tls, mtls, server_first, bind_ip, bind_localhost;
  std::string version, cluster, istio_version, certificate, key, ca;
};

Result<Numbers> numbers_of(std::string_view flag, const std::vector<std::string>& texts,
                           std::uint16_t fallback = 0) {
  Numbers out;
  for (const std::string& text : texts) {
    for (const std::string_view part : base::split(text, ',')) {
      if (part.empty()) continue;
      WEFT_TRY(number, read_port(flag, part));
      out.push_back(number);
    }
  }
  if (texts.empty() && fallback != 0) out.push_back(fallback);
  return out;
}

bool holds(const Numbers& numbers, std::uint16_t number) {
  return std::ranges::count(numbers, number) > 0;
}

// Without the files of the original image a certificate is made at the start.
Result<net::TlsServerOptions> tls_options(const Context& context, const Options& options,
                                          const serve::ServiceOptions& service) {
  net::TlsServerOptions out;
  const bool given = !options.certificate.empty() && !options.key.empty() &&
                     base::read_file(path_in(context, options.certificate)).ok();
  WEFT_TRY(identity, given ? identity_from_files(context, options.certificate, options.key)
                           : made_identity(context, service));
  out.identity = std::move(identity);
  return out;
}

struct Roles {
  Numbers tls, mtls, server_first, bind_ip, bind_localhost;
};

Result<Roles> roles_of(const Options& options) {
  Roles out;
  WEFT_TRY(tls, numbers_of("--tls", options.tls));
  WEFT_TRY(mtls, numbers_of("--mtls", options.mtls));
  WEFT_TRY(server_first, numbers_of("--server-first", options.server_first));
  WEFT_TRY(bind_ip, numbers_of("--bind-ip", options.bind_ip));
  WEFT_TRY(bind_localhost, numbers_of("--bind-localhost", options.bind_localhost));
  return Roles{std::move(tls), std::move(mtls), std::move(server_first), std::move(bind_ip),
               std::move(bind_localhost)};
}

Result<PortOptions> port_of(const Context& context, const Options& options, const Roles& roles,
                            Protocol protocol, std::uint16_t number,
                            const serve::ServiceOptions& service) {
  PortOptions out{.protocol = protocol, .port = number};
  out.server_first = protocol == Protocol::tcp && holds(roles.server_first, number);
  if (holds(roles.bind_localhost, number)) out.host = "127.0.0.1";
  if (holds(roles.bind_ip, number)) {
    out.host = context.env.get_or("INSTANCE_IP", "");
    if (out.host.empty())
      return base::Error{ExitCode::usage, "--bind-ip needs the address of the pod",
                         "set the variable INSTANCE_IP"};
  }
  if (protocol == Protocol::udp || (!holds(roles.tls, number) && !holds(roles.mtls, number)))
    return out;
  WEFT_TRY(tls, tls_options(context, options, service));
  if (holds(roles.mtls, number)) {
    WEFT_TRY(ca, base::read_file(path_in(context, options.ca)));
    tls.client_ca = std::move(ca);
  }
  out.tls = std::move(tls);
  return out;
}

Result<serve::ServiceOptions> service_options(const Context& context, const Options& options) {
  serve::ServiceOptions out;
  out.dialect = serve::Dialect::istio;
  out.identity.version = options.version;
  out.identity.cluster = options.cluster;
  out.identity.istio_version = options.istio_version;
  out.identity.pod_namespace = context.env.get_or("NAMESPACE", "");
  out.identity.hostname = host_name();
  WEFT_TRY(roles, roles_of(options));
  const auto add = [&](Protocol protocol, const Numbers& numbers) -> Result<void> {
    for (const std::uint16_t number : numbers) {
      WEFT_TRY(port, port_of(context, options, roles, protocol, number, out));
      out.ports.push_back(std::move(port));
    }
    return {};
  };
  WEFT_TRY(http, numbers_of("--port", options.http, 8080));
  WEFT_TRY(grpc, numbers_of("--grpc", options.grpc, 7070));
  WEFT_TRY(tcp, numbers_of("--tcp", options.tcp, 9090));
  WEFT_TRY(udp, numbers_of("--udp", options.udp));
  WEFT_CHECK(add(Protocol::http, http));
  WEFT_CHECK(add(Protocol::http, grpc));
  WEFT_CHECK(add(Protocol::tcp, tcp));
  WEFT_CHECK(add(Protocol::udp, udp));
  if (out.ports.empty())
    return base::Error{ExitCode::usage, "the server has no port", "give one with --port"};
  return out;
}

Result<ExitCode> run(Context& context, const Options& options) {
  WEFT_TRY(wanted, service_options(context, options));
  return run_service(context, wanted, "");
}

cli::Flag ports_flag(std::string name, std::vector<std::string>& target, std::string help) {
  return cli::flag(std::move(name), target, std::move(help)).takes("PORTS");
}

}  // namespace

cli::Command istio_server_command() {
  auto options = std::make_shared<Options>();
  auto& o = *options;
  return {
      .name = "server",
      .summary = "Stand in for the server of Istio's echo image",
      .description =
          "Takes the flags that manifests give to the server of Istio's echo image, and answers as "
          "it does; a program that is started by the name server does this. weft serve --mode "
          "istio serves the same on the usual ports. Without the files of --crt and --key a "
          "certificate is made at the start.",
      .examples = {{"weft server --port 8080,8443 --tls 8443 --tcp 9090 --grpc 7070",
                    "the ports of the Gateway API's mesh suite"}},
      .flags =
          {ports_flag("--port", o.http, "ports of HTTP").defaults_to("8080"),
           ports_flag("--grpc", o.grpc, "ports of gRPC").defaults_to("7070"),
           ports_flag("--tcp", o.tcp, "ports of TCP").defaults_to("9090"),
           ports_flag("--udp", o.udp, "ports of UDP"),
           ports_flag("--tls", o.tls, "those of the ports that speak TLS"),
           ports_flag("--mtls", o.mtls, "those that demand client certificates, too"),
           ports_flag("--server-first", o.server_first, "those of TCP that speak first"),
           ports_flag("--bind-ip", o.bind_ip, "those that listen on INSTANCE_IP only"),
           ports_flag("--bind-localhost", o.bind_localhost, "those that listen on 127.0.0.1"),
           cli::flag("--crt", o.certificate, "certificate, in PEM").takes("FILE"),
           cli::flag("--key", o.key, "its key, in PEM").takes("FILE"),
           cli::flag("--ca", o.ca, "authority of the clients of --mtls, in PEM").takes("FILE"),
           cli::flag("--version", o.version, "version to tell").takes("TEXT"),
           cli::flag("--cluster", o.cluster, "cluster to tell").takes("TEXT"),
           cli::flag("--istio-version", o.istio_version, "version of Istio to tell").takes("TEXT")},
      .exit_notes = {{ExitCode::done, "ended by a signal, everything in flight was answered"},
                     {ExitCode::timeout, "ended by a signal, but requests had to be cut off"}},
      .heading = "Services",
      .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
