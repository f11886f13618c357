#include "lib/conform/istio_request.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <map>

#include "lib/base/clock.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/base/version.h"
#include "lib/conform/websocket.h"
#include "lib/conform/wire.h"
#include "lib/grpc/wire.h"
#include "lib/net/resolve.h"
#include "lib/serve/go_text.h"
#include "lib/serve/istio_echo.h"
#include "lib/serve/request.h"

namespace weft::conform {
namespace {

using base::Error;
using base::ExitCode;

constexpr std::array<std::string_view, 8> kSchemes = {"http", "https", "grpc", "ws",
                                                      "tcp",  "tls",   "udp",  "dns"};
constexpr int kMaxRedirects = 10;             // as Go's client
constexpr std::size_t kMaxAnswer = 16 << 20;  // of TCP

base::MonoTime now() { return base::system_clock().monotonic(); }

std::string problem_of(const Answer& answer) {
  return fmt::format("{}: {}", answer.outcome, answer.error);
}

// The address that the socket of `wire` has here, without its port.
std::string own_address(int socket) {
  net::Address own;
  own.size = sizeof own.storage;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&own.storage), &own.size) != 0) return "";
  std::string text = own.text();
  text.resize(text.rfind(':'));
  return text.starts_with('[') ? text.substr(1, text.size() - 2) : text;
}

// The address of this machine that reaches that one; nothing is sent.
std::string source_address(const net::Url& url) {
  Answer ignored;
  Wire wire(std::chrono::seconds(1));
  return wire.connect(url.host, url.port, SOCK_DGRAM, ignored) ? own_address(wire.stream().fd.get())
                                                               : "";
}

// Where an answer sends its client; empty: nowhere.
std::string redirect_of(const Answer& answer, const net::Url& from) {
  const bool redirects = answer.status == 301 || answer.status == 302 || answer.status == 303 ||
                         answer.status == 307 || answer.status == 308;
  if (!redirects) return "";
  for (const auto& [name, value] : answer.headers) {
    if (name != "location") continue;
    if (value.find("://") != std::string::npos) return value;
    const bool absolute = value.starts_with('/');
    const auto folder = from.target.substr(0, from.target.rfind('/', from.target.find('?')) + 1);
    return fmt::format("{}://{}{}{}", from.scheme, from.authority(), absolute ? "" : folder, value);
  }
  return "";
}

}  // namespace

// What is told of one request.
struct IstioRequest::Lines {
  std::uint64_t n;
  std::uint64_t active;
  base::MonoTime began;
  std::string text;
  std::string problem;

  void line(std::string_view key, std::string_view value) {
    text += fmt::format("[{}] {}={}\n", n, key, value);
  }
  void body(std::string_view lines) {
    for (const std::string_view one : base::split(lines, '\n'))
      if (!one.empty()) text += fmt::format("[{} body] {}\n", n, one);
  }
  void latency() { line("Latency", go_duration_text(now() - began)); }
  void timing() {
    latency();
    line("ActiveRequests", fmt::format("{}", active));
  }
};

base::Result<IstioRequest> IstioRequest::create(const IstioCall& call) {
  IstioRequest out;
  out.call_ = call;
  out.url_ = call.url.find("://") == std::string::npos ? "http://" + call.url : call.url;
  const auto mark = out.url_.find("://");
  const auto row = std::ranges::find(kSchemes, base::lower(out.url_.substr(0, mark)));
  if (row == kSchemes.end())
    return Error{ExitCode::input,
                 fmt::format("no protocol handler found for scheme {}", out.url_.substr(0, mark)),
                 "write http, https, grpc, ws, tcp, tls, udp or dns before ://"};
  out.scheme_ = static_cast<Scheme>(row - kSchemes.begin());
  const std::string rest = out.url_.substr(mark);
  const bool secure = !call.certificate.empty() && !call.key.empty();
  std::string scheme(*row);
  if (out.scheme_ == Scheme::grpc) scheme = secure ? "grpcs" : "grpc";
  if (out.scheme_ == Scheme::http && call.http2) scheme = "h2c";
  if (out.scheme_ == Scheme::https && call.http2) scheme = "h2";
  if (out.scheme_ == Scheme::ws || out.scheme_ == Scheme::dns) scheme = "http";
  const bool calls = out.scheme_ == Scheme::grpc;
  out.request_.url = scheme + rest + (calls ? "/proto.EchoTestService/Echo" : "");
  WEFT_TRY(target, parse_probe_target(out.request_.url));
  out.target_ = std::move(target.url);
  out.request_.method = call.method.empty() ? "GET" : call.method;
  bool has_agent = false;
  for (const auto& [name, value] : call.headers) {
    out.request_.headers.emplace(name, value);
    has_agent = has_agent || base::equal_ignoring_case(name, "user-agent");
    if (out.scheme_ == Scheme::https && base::equal_ignoring_case(name, "host"))
      out.request_.tls.server_name = value;
  }
  if (!has_agent && (out.shares_connections() || out.scheme_ == Scheme::ws))
    out.request_.headers.emplace("user-agent", fmt::format("weft/{}", base::build_info().version));
  if (out.scheme_ == Scheme::ws) out.request_.headers.emplace("testwebsocket", "enabled");
  const std::string host = out.request_.tls.server_name;
  out.request_.tls = call.tls;
  if (call.tls.server_name.empty()) out.request_.tls.server_name = host;
  out.request_.certificate = call.certificate;
  out.request_.key = call.key;
  if (calls) grpc::put_string(out.request_.body, 1, call.message);
  if (out.scheme_ == Scheme::ws) out.request_.body = call.message;
  return out;
}

bool IstioRequest::shares_connections() const {
  return scheme_ == Scheme::grpc ||
         (call_.http2 && (scheme_ == Scheme::http || scheme_ == Scheme::https));
}

IstioOutput IstioRequest::make(Client& client, std::uint64_t n, base::Nanoseconds timeout,
                               std::uint64_t active) const {
  Lines out{n, active, now(), "", ""};
  RequestSpec request = request_;
  request.timeout = timeout;
  switch (scheme_) {
    case Scheme::http:
    case Scheme::https:
      ask_http(client, request, out);
      break;
    case Scheme::grpc:
      ask_grpc(client, request, out);
      break;
    case Scheme::ws:
      ask_websocket(request, out);
      break;
    case Scheme::tcp:
    case Scheme::udp:
      ask_socket(request, out);
      break;
    case Scheme::tls:
      ask_tls(request, out);
      break;
    case Scheme::dns:
      ask_dns(out, timeout);
      break;
  }
  return {std::move(out.text), std::move(out.problem)};
}

void IstioRequest::ask_http(Client& client, const RequestSpec& request, Lines& out) const {
  out.line("Url", url_);
  for (const auto& [name, value] : call_.headers)
    if (!base::equal_ignoring_case(name, "host"))
      out.line("Header", fmt::format("{}:{}", name, value));
  RequestSpec next = request;
  Answer answer = client.send(next, "");
  for (int i = 0; call_.follow_redirects && i < kMaxRedirects; ++i) {
    const auto from = parse_probe_target(next.url);
    const std::string to = from.ok() ? redirect_of(answer, from->url) : "";
    if (to.empty()) break;
    if (answer.status < 307 && next.method != "HEAD") next.method = "GET";
    next.url = to;
    answer = client.send(next, "");
  }
  if (!answer.outcome.starts_with("http:")) {
    out.problem = problem_of(answer);
    return;
  }
  out.line("SourceIP", source_address(target_));
  out.timing();
  out.line("StatusCode", fmt::format("{}", answer.status));
  std::map<std::string, std::vector<std::string>> headers;
  for (const auto& [name, value] : answer.headers)  // Go's client shows no framing
    if (name != "connection" && name != "transfer-encoding" && name != "trailer")
      headers[serve::canonical_name(name)].push_back(value);
  for (const auto& [name, values] : headers)
    for (const std::string& value : values)
      out.line("ResponseHeader", fmt::format("{}:{}", name, value));
  out.body(answer.body);
}

void IstioRequest::ask_grpc(Client& client, const RequestSpec& request, Lines& out) const {
  const Answer answer = client.send(request, "");
  if (answer.outcome != "grpc:0") {
    out.problem = problem_of(answer);
    return;
  }
  out.timing();
  grpc::WireReader reader(answer.body);
  while (const auto field = reader.next())
    if (field->number == 1) out.body(field->bytes);
  for (const auto& [name, value] : answer.headers)
    if (!name.starts_with("grpc-")) out.line("ResponseHeader", fmt::format("{}:{}", name, value));
}

void IstioRequest::ask_websocket(const RequestSpec& request, Lines& out) const {
  out.line("Url", url_);
  for (const auto& [name, value] : call_.headers) {
    if (base::equal_ignoring_case(name, "host"))
      out.line("Host", "Host");  // as the original: the name, not its value
    else
      out.line("Header", fmt::format("{}:{}", name, value));
  }
  if (!call_.message.empty()) out.line("Echo", call_.message);
  const Answer answer = send_websocket(target_, request, "");
  if (answer.outcome != "ok") {
    out.problem = problem_of(answer);
    return;
  }
  out.timing();
  out.body(answer.body);
}

// TCP, with TLS where there is a certificate to show, and UDP.
void IstioRequest::ask_socket(const RequestSpec& request, Lines& out) const {
  const bool tcp = scheme_ == Scheme::tcp;
  const std::string message = call_.message.empty() ? "HelloWorld" : call_.message;
  const std::string first(tcp && call_.server_first ? serve::kIstioServerFirst : "");
  Answer answer;
  std::string received;
  Wire wire(request.timeout);
  const auto talk = [&] {
    if (!wire.connect(target_.host, target_.port, tcp ? SOCK_STREAM : SOCK_DGRAM, answer))
      return false;
    if (tcp && !call_.certificate.empty() && !wire.shake_hands(request, target_.host, {}, answer))
      return false;
    if (tcp) out.line("SourceIP", own_address(wire.stream().fd.get()));
    out.line("Url", url_);
    if (!call_.message.empty()) out.line("Echo", call_.message);
    if (!first.empty()) {
      const auto bytes = wire.read(answer);
      if (!bytes) return false;
      if (*bytes != first) {
        answer.outcome = "protocol";
        answer.error = fmt::format("did not receive magic string. Want {}, got {}",
                                   serve::go_quoted(first), serve::go_quoted(*bytes));
        return false;
      }
    }
    if (!wire.write(message + "\n", answer)) return false;
    do {
      const auto bytes = wire.read(answer);
      if (!bytes) return false;
      if (bytes->empty()) break;
      received += *bytes;
    } while (tcp && received.find(message) == std::string::npos && received.size() < kMaxAnswer);
    return true;
  };
  if (!talk()) {
    out.problem = problem_of(answer);
    return;
  }
  out.body(received);
  const std::string expected = call_.expect.value_or("StatusCode=200");
  if (out.text.find(expected) == std::string::npos)
    out.problem =
        fmt::format("expect to recv message with {}, got {}. Return EOF", expected, out.text);
}

// The handshake is what is told; the message goes after it.
void IstioRequest::ask_tls(const RequestSpec& request, Lines& out) const {
  Answer answer;
  Wire wire(request.timeout);
  if (!wire.connect(target_.host, target_.port, SOCK_STREAM, answer) ||
      !wire.shake_hands(request, target_.host, {}, answer)) {
    out.problem = problem_of(answer);
    return;
  }
  out.line("Url", url_);
  out.began = now();
  const std::string message = call_.message.empty() ? "HelloWorld" : call_.message;
  if (!wire.write(message + "\n", answer)) {
    out.problem = problem_of(answer);
    return;
  }
  const net::TlsFacts facts = wire.stream().tls->facts();
  out.latency();
  out.line("Cipher", facts.cipher);
  out.line("Version", facts.version.starts_with("TLSv") ? facts.version.substr(4) : facts.version);
  out.line("ServerName", request.tls.server_name.empty() ? target_.host : request.tls.server_name);
  out.line("Alpn", facts.protocol);
  for (std::size_t i = 0; i < facts.peer.size(); ++i)
    out.body(fmt::format("Response{}={}", i, serve::go_quoted(facts.peer[i].pem)));
}

// "dns://name?query=AAAA"; the server that is asked is that of this machine.
void IstioRequest::ask_dns(Lines& out, base::Nanoseconds timeout) const {
  const std::string_view query = serve::split_target(target_.target).query;
  const std::string kind = serve::query_value(query, "query").value_or("");
  const std::string protocol = serve::query_value(query, "protocol").value_or("");
  const std::string server = serve::query_value(query, "server").value_or("");
  if (!kind.empty() && kind != "A" && kind != "AAAA") {
    out.problem = fmt::format("got value {}, wanted one of [ A AAAA]", serve::go_quoted(kind));
    return;
  }
  if (!server.empty() || !protocol.empty()) {
    out.problem = "only the resolver of this machine is asked: leave out protocol and server";
    return;
  }
  const auto addresses = net::resolve(target_.host, 1, timeout);
  std::vector<std::string> found;
  if (addresses.ok()) {
    for (const net::Address& address : *addresses) {
      if (!kind.empty() && (address.family() == AF_INET) != (kind == "A")) continue;
      std::string text = address.text();
      text.resize(text.rfind(':'));
      found.push_back(text.starts_with('[') ? text.substr(1, text.size() - 2) : text);
    }
  }
  if (found.empty()) {
    out.problem = fmt::format("lookup {}: no such host", target_.host);
    return;
  }
  out.timing();
  out.line("Hostname", target_.host);
  out.line("Protocol", protocol);
  out.line("Query", kind);
  out.line("DnsServer", server);
  for (std::size_t i = 0; i < found.size(); ++i)
    out.body(fmt::format("Response{}={}", i, found[i]));
}

}  // namespace weft::conform
