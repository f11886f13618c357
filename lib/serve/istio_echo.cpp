#include "lib/serve/istio_echo.h"

#include "lib/base/format.h"
#include "lib/serve/asked.h"
#include "lib/serve/echo.h"
#include "lib/serve/go_text.h"
#include "lib/serve/shared.h"
#include "lib/serve/websocket.h"

namespace weft::serve {
namespace {

void line(std::string& out, std::string_view key, std::string_view value) {
  out += fmt::format("{}={}\n", key, value);
}

void line_if_any(std::string& out, std::string_view key, std::string_view value) {
  if (!value.empty()) line(out, key, value);
}

void add_tls(std::string& out, const net::TlsSession& tls) {
  const net::TlsFacts facts = tls.facts();
  line_if_any(out, "Alpn", facts.protocol);
  line_if_any(out, "Sni", facts.server_name);
  if (facts.peer.empty()) return;
  line_if_any(out, "ClientCertSubject", facts.peer.front().subject);
  line_if_any(out, "ClientCertSerialNumber", facts.peer.front().serial);
}

std::string port_text(const Port& port) {
  return port.number == 0 ? "" : fmt::format("{}", port.number);
}

std::string request_lines(const Request& request, const Shared& shared) {
  const net::RequestHead& head = request.head;
  const Identity& identity = shared.options.identity;
  std::string out;
  line(out, "ServiceVersion", identity.version);
  line(out, "ServicePort", port_text(*request.port));
  line(out, "Host", head.host);
  line(out, "URL", head.target);
  line_if_any(out, "Cluster", identity.cluster);
  line_if_any(out, "IstioVersion", identity.istio_version);
  line_if_any(out, "Namespace", identity.pod_namespace);
  line(out, "Method", head.method);
  line(out, "Proto", go_proto(head));
  line(out, "IP", peer_host(request.socket));
  if (request.tls != nullptr) add_tls(out, *request.tls);
  for (const auto& [name, values] : go_header(head))
    for (const std::string& value : values)
      line(out, "RequestHeader", fmt::format("{}:{}", name, value));
  line_if_any(out, "Hostname", identity.hostname);
  return out;
}

}  // namespace

void answer_istio(const Request& request, const Target& target, Shared& shared, Random& random,
                  Reply& reply) {
  set_echo_header(request.head, reply);
  if (wants_istio_websocket(request.head)) {
    reply.body = request_lines(request, shared);
    return answer_websocket(request, shared, reply);
  }
  if (is_retry(target.path) && fail_retry(target.query, shared, reply)) return;
  reply.type = kGoText;
  const auto complain = [&](std::string_view what, const std::string& problem) {
    if (!problem.empty()) reply.body += fmt::format("{} error: {}\n", what, problem);
  };
  complain("ParseForm()", go_query_error(target.query));
  complain("error delaying response", set_delay(target.query, "delay", reply));
  complain("response headers", set_headers(target.query, reply));
  const std::string problem = set_code(target.query, random, reply);
  complain("codes", problem);
  if (!problem.empty()) reply.type = "application/text";  // otherwise it is said too late to count
  reply.body += request_lines(request, shared);
}

std::string istio_grpc_lines(const Port& port, std::string_view peer, std::string_view message,
                             const Shared& shared) {
  const Identity& identity = shared.options.identity;
  std::string out;
  line(out, "StatusCode", "200");
  line(out, "ServiceVersion", identity.version);
  line(out, "ServicePort", port_text(port));
  line_if_any(out, "Cluster", identity.cluster);
  line_if_any(out, "Namespace", identity.pod_namespace);
  line(out, "IP", peer);
  line_if_any(out, "IstioVersion", identity.istio_version);
  line(out, "Proto", "GRPC");
  line(out, "Echo", message);
  line_if_any(out, "Hostname", identity.hostname);
  return out;
}

std::string istio_socket_lines(const Port& port, std::string_view peer, const Shared& shared) {
  const Identity& identity = shared.options.identity;
  std::string out;
  line(out, "StatusCode", "200");
  line_if_any(out, "Cluster", identity.cluster);
  line_if_any(out, "IstioVersion", identity.istio_version);
  line_if_any(out, "Namespace", identity.pod_namespace);
  line(out, "ServiceVersion", identity.version);
  line(out, "ServicePort", port_text(port));
  line(out, "IP", peer);
  line(out, "Proto", "TCP");
  line_if_any(out, "Hostname", identity.hostname);
  return out;
}

}  // namespace weft::serve
