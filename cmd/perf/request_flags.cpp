#include "cmd/perf/request_flags.h"

#include "cmd/perf/parsed_flag.h"

namespace weft::cmd {

using perf::Spec;

std::vector<cli::Flag> request_flags(RunOptions& options) {
  constexpr const char* kGroup = "Request";
  Spec& spec = options.flags;
  return {
      parsed("--http", spec.protocol, perf::parse_protocol,
             "version of HTTP; 2 without asking on http://, by ALPN on https://")
          .one_of({"1.1", "2"})
          .in(kGroup)
          .defaults_to("1.1"),
      cli::flag("--method", spec.method, "HTTP method")
          .takes("METHOD")
          .as('X')
          .in(kGroup)
          .defaults_to("GET, POST with a body"),
      repeated("--header", spec.headers, perf::parse_header, "header to send")
          .takes("'NAME: VALUE'")
          .as('H')
          .in(kGroup),
      cli::flag("--body", spec.body, "body to send").in(kGroup),
      cli::flag("--body-file", options.body_file, "file with the body to send, - is stdin")
          .takes("FILE")
          .in(kGroup),
      cli::flag("--targets", options.targets_file,
                "file with what to ask, by weight: YAML of ours, or vegeta's text or JSON")
          .takes("FILE")
          .in(kGroup),
      cli::flag("--template", spec.templated,
                "{{...}} in path, headers, bodies and targets stands for values: {{seq}}, "
                "{{uuid}}, {{random:1:100}}, {{hex:16}}, {{letters:8}}, {{pick:a,b}}, {{time}}, "
                "{{env:NAME}}, {{TABLE.COLUMN}}")
          .in(kGroup),
      repeated("--data", options.data_files, perf::parse_data,
               "table for values, CSV or JSON lines; implies --template")
          .takes("[TABLE=]FILE")
          .in(kGroup),
      cli::flag("--timeout", spec.timeout, "longest time one request may take")
          .in(kGroup)
          .defaults_to("10s"),
      cli::flag("--keepalive", spec.keepalive, "use a connection again for the next request")
          .in(kGroup)
          .defaults_to("true"),
      cli::flag("--connection-requests", spec.connection_requests,
                "replace a connection after so many requests")
          .in(kGroup),
      cli::flag("--connection-age", spec.connection_age, "replace a connection after this time")
          .in(kGroup),
      parsed("--churn", spec.churn, perf::parse_churn,
             "replace this part of the connections each second")
          .takes("PERCENT%")
          .in(kGroup),
      repeated("--connect-to", spec.connect_to, perf::parse_host_port,
               "connect there instead of to the host of the URL; several take turns")
          .takes("HOST:PORT")
          .in(kGroup),
      repeated("--resolve", spec.resolve, perf::parse_resolve,
               "connect to this address instead of what the name resolves to")
          .takes("HOST:PORT:ADDRESS")
          .in(kGroup),
      cli::flag("--unix-socket", spec.unix_socket, "connect to this socket instead")
          .takes("PATH")
          .in(kGroup),
      cli::flag("--local-address", spec.local_addresses,
                "address of this machine to connect from; several take turns")
          .takes("ADDRESS")
          .in(kGroup),
      cli::flag("--proxy", spec.proxy, "proxy of HTTP or SOCKS5 to go through")
          .takes("[USER:PASSWORD@]HOST:PORT|none")
          .in(kGroup)
          .defaults_to("what HTTP_PROXY and its like say"),
      cli::flag("--no-proxy", spec.no_proxy, "hosts to reach without --proxy, with commas")
          .takes("HOSTS")
          .in(kGroup),
      cli::flag("--proxy-tunnel", spec.tunnel,
                "go through a proxy of HTTP by CONNECT for http:// too")
          .in(kGroup)};
}

std::vector<cli::Flag> grpc_flags(RunOptions& options) {
  constexpr const char* kGroup = "gRPC";
  Spec& spec = options.flags;
  return {cli::flag("--descriptors", options.descriptors,
                    "descriptor set that describes the method (protoc --include_imports "
                    "--descriptor_set_out); --body is its message in JSON")
              .takes("FILE")
              .in(kGroup)
              .defaults_to("the reflection of the server"),
          cli::flag("--messages", spec.messages,
                    "messages of one call: to send on a client's stream, to exchange in turn where "
                    "both sides stream, to await on a server's stream before it is left")
              .in(kGroup)
              .defaults_to("1 to send, all there are to await"),
          cli::flag("--deadline", spec.deadline, "time-out that the server is told (grpc-timeout)")
              .in(kGroup)
              .defaults_to("that of --timeout")};
}

std::vector<cli::Flag> tls_flags(RunOptions& options) {
  constexpr const char* kGroup = "TLS";
  perf::Tls& tls = options.flags.tls;
  return {
      cli::flag("--insecure", tls.insecure, "do not verify the certificate of the target")
          .as('k')
          .in(kGroup),
      cli::flag("--cacert", options.ca_file,
                "authorities to trust, in PEM, instead of those of this machine")
          .takes("FILE")
          .in(kGroup),
      cli::flag("--cert", options.certificate_file, "client certificate, in PEM")
          .takes("FILE")
          .in(kGroup),
      cli::flag("--key", options.key_file, "key of the client certificate, in PEM")
          .takes("FILE")
          .in(kGroup),
      cli::flag("--sni", tls.server_name, "name to ask for and to expect in the certificate")
          .takes("NAME")
          .in(kGroup)
          .defaults_to("the host of the URL"),
      parsed("--expect-spiffe", tls.spiffe_id, net::parse_spiffe_id,
             "SPIFFE identity to expect in the certificate instead of a name; without a path any "
             "of the trust domain")
          .takes("ID")
          .in(kGroup),
      cli::flag("--ciphers", tls.ciphers,
                "ciphers to offer, as OpenSSL names them, with colons between")
          .takes("LIST")
          .in(kGroup),
      cli::flag("--curves", tls.curves, "curves to offer, in order, as in X25519:P-256")
          .takes("LIST")
          .in(kGroup),
      parsed("--tls-min", tls.min_version, net::parse_tls_version, "least version of TLS")
          .one_of({"1.2", "1.3"})
          .in(kGroup)
          .defaults_to("1.2"),
      parsed("--tls-max", tls.max_version, net::parse_tls_version, "greatest version of TLS")
          .one_of({"1.2", "1.3"})
          .in(kGroup)
          .defaults_to("1.3"),
      cli::flag("--tls-resume", tls.resume, "take up earlier sessions where a connection is new")
          .in(kGroup)};
}

}  // namespace weft::cmd
