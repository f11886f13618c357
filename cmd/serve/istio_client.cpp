// weft client: the flags of the client in Istio's echo image, which starts it by this name.
#include <memory>
#include <ostream>

#include "cmd/context.h"
#include "cmd/serve/serve.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/istio_client.h"

namespace weft::cmd {
namespace {

using base::ExitCode;

struct Options {
  conform::IstioCall call;
  std::vector<std::string> headers;
  std::int64_t count = 1, qps = 0;
};

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
  WEFT_TRY(outputs, conform::call_as_istio(call));
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
          "URL is http, grpc, tcp, tls or udp. Requests of HTTP/1.1, TCP and UDP are made on "
          "connections of their own, at most 20 at once.",
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
           cli::flag("--msg", o.call.message, "what to send over gRPC, TCP and UDP").takes("TEXT"),
           cli::flag("--expect", o.call.expect, "what an answer of TCP or UDP has to hold")
               .takes("TEXT"),
           cli::flag("--http2", o.call.http2, "HTTP/2 at once"),
           cli::flag("--new-connection-per-request", o.call.new_connections,
                     "also where HTTP/2 would share one")},
      .exit_notes = {{ExitCode::done, "every request was answered, whatever its status"}},
      .heading = "Services",
      .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
