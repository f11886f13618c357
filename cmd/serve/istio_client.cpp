// weft client: the flags of the client in Istio's echo image, which starts it by this name.
#include <memory>
#include <ostream>

#include "cmd/context.h"
#include "cmd/perf/results.h"
#include "cmd/serve/serve.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/istio_client.h"
#include "lib/net/tls.h"

namespace weft::cmd {
namespace {

using base::ExitCode;

struct Options {
  conform::IstioCall call;
  std::vector<std::string> headers, alpn, curves;
  std::optional<std::string> expect;
  std::int64_t count = 1, qps = 0;
  std::string certificate, key, ca, min_version;  // files, but for the last
  bool insecure = false;
};

base::Result<std::string> read_if_given(const Context& context, const std::string& path) {
  if (path.empty()) return std::string();
  return base::read_file(path_in(context, path));
}

std::vector<std::string> parts_of(const std::vector<std::string>& lists) {
  std::vector<std::string> out;
  for (const std::string& list : lists)
    for (const std::string_view part : base::split(list, ','))
      if (!part.empty()) out.emplace_back(part);
  return out;
}

base::Result<void> read_tls(const Context& context, const Options& options,
                            conform::IstioCall& call) {
  if (options.certificate.empty() != options.key.empty())
    return base::Error{ExitCode::usage, "a certificate needs its key",
                       "give both --client-cert FILE and --client-key FILE"};
  WEFT_TRY(certificate, read_if_given(context, options.certificate));
  WEFT_TRY(key, read_if_given(context, options.key));
  WEFT_TRY(ca, read_if_given(context, options.ca));
  call.certificate = std::move(certificate);
  call.key = std::move(key);
  call.tls.verify = !ca.empty() && !options.insecure;
  call.tls.ca = std::move(ca);
  call.tls.protocols = parts_of(options.alpn);
  for (const std::string& curve : parts_of(options.curves))
    call.tls.curves += (call.tls.curves.empty() ? "" : ":") + curve;
  if (options.min_version.empty()) return {};
  WEFT_TRY(version, net::parse_tls_version(options.min_version));
  call.tls.only_1_3 = version == net::TlsVersion::v1_3;
  return {};
}

base::Result<ExitCode> run(Context& context, const Options& options) {
  conform::IstioCall call = options.call;
  for (const std::string& header : options.headers) {
    const auto colon = header.find(':');
    if (colon == std::string::npos)
      return base::Error{ExitCode::usage, fmt::format("\"{}\" is not a header", header),
                         "write NAME: VALUE"};
    call.headers.emplace_back(header.substr(0, colon),
                              std::string(base::trim(header.substr(colon + 1))));
  }
  if (options.count < 1 || options.qps < 0)
    return base::Error{ExitCode::usage, "--count or --qps is out of range",
                       "choose a count from 1 and a rate from 0 up"};
  call.count = static_cast<std::uint64_t>(options.count);
  call.qps = static_cast<std::uint64_t>(options.qps);
  call.expect = options.expect;
  WEFT_CHECK(read_tls(context, options, call));
  WEFT_TRY(outputs, conform::call_as_istio(call, context.stop));
  for (const std::string& output : outputs) context.out << output << '\n';
  return ExitCode::done;
}

}  // namespace

cli::Command istio_client_command() {
  auto options = std::make_shared<Options>();
  auto& o = *options;
  return {
      .name = "client",
      .summary = "Stand in for the client of Istio's echo image",
      .description =
          "Makes a request some times and prints lines about each, as the client of Istio's echo "
          "image does; a program that is started by the name client does this. The scheme of the "
          "URL is http, https, grpc, ws, tcp, tls (the handshake alone), udp or dns. Only HTTP/2 "
          "and gRPC share a connection; of others at most 20 are open at once. Certificates of "
          "servers are verified with --ca only.",
      .examples = {{"weft client http://echo/path -H 'x-one: 1' --count 3", "three requests"},
                   {"weft client grpc://echo:7070", "one call of gRPC"}},
      .arguments = {cli::argument("URL", o.call.url, "what to ask")},
      .flags =
          {cli::flag("--header", o.headers, "\"NAME: VALUE\" of a header; Host names the host")
               .as('H')
               .takes("HEADER"),
           cli::flag("--method", o.call.method, "method of HTTP").takes("METHOD"),
           cli::flag("--count", o.count, "how many requests"),
           cli::flag("--qps", o.qps, "requests per second; 0: at once"),
           cli::flag("--timeout", o.call.timeout, "time for all of them"),
           cli::flag("--msg", o.call.message, "what to send where no HTTP is spoken").takes("TEXT"),
           cli::flag("--expect", o.expect, "what an answer of TCP or UDP has to hold")
               .takes("TEXT"),
           cli::flag("--http2", o.call.http2, "HTTP/2 at once"),
           cli::flag("--new-connection-per-request", o.call.new_connections,
                     "also where HTTP/2 would share one"),
           cli::flag("--follow-redirects", o.call.follow_redirects, "go where answers point to")
               .as('L'),
           cli::flag("--server-first", o.call.server_first,
                     "over TCP: wait for the server to speak first"),
           cli::flag("--ca", o.ca, "authority of the server, in PEM").takes("FILE").in("TLS"),
           cli::flag("--client-cert", o.certificate,
                     "certificate to show, in PEM; with it gRPC and TCP speak TLS")
               .takes("FILE")
               .in("TLS"),
           cli::flag("--client-key", o.key, "its key, in PEM").takes("FILE").in("TLS"),
           cli::flag("--server-name", o.call.tls.server_name, "name to ask for, and to expect")
               .takes("NAME")
               .in("TLS"),
           cli::flag("--insecure-skip-verify", o.insecure, "verify nothing, in spite of --ca")
               .as('k')
               .in("TLS"),
           cli::flag("--alpn", o.alpn, "protocols to offer").takes("NAMES").in("TLS"),
           cli::flag("--tls-min-version", o.min_version, "least version: 1.2 or 1.3")
               .takes("VERSION")
               .in("TLS"),
           cli::flag("--tls-curve-preferences", o.curves, "curves to offer, in order")
               .takes("NAMES")
               .in("TLS")},
      .exit_notes = {{ExitCode::done, "every request was answered, whatever its status"}},
      .heading = "Services",
      .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
