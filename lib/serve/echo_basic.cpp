#include "lib/serve/echo_basic.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/markup.h"
#include "lib/serve/asked.h"
#include "lib/serve/go_text.h"
#include "lib/serve/shared.h"
#include "lib/serve/websocket.h"

namespace weft::serve {
namespace {

// `indent` is what stands before the names of a level: empty for everything on one line.
class JsonText {
 public:
  explicit JsonText(bool pretty) : pretty_(pretty) {}

  void open(char bracket) {
    out_ += bracket;
    ++depth_;
    first_ = true;
  }
  void close(char bracket) {
    --depth_;
    if (!first_) new_line();
    first_ = false;
    out_ += bracket;
  }
  void name(std::string_view name) {
    item();
    append_go_json(out_, name);
    out_ += pretty_ ? ": " : ":";
  }
  void item() {
    if (!first_) out_ += ',';
    first_ = false;
    new_line();
  }
  void text(std::string_view value) { append_go_json(out_, value); }
  void truth(bool value) { out_ += value ? "true" : "false"; }
  void member(std::string_view key, std::string_view value) {
    name(key);
    text(value);
  }
  void member_if_any(std::string_view key, std::string_view value) {
    if (!value.empty()) member(key, value);
  }
  void list(const std::vector<std::string>& values) {
    open('[');
    for (const std::string& value : values) {
      item();
      text(value);
    }
    close(']');
  }
  std::string take() { return std::move(out_); }

 private:
  void new_line() {
    if (!pretty_) return;
    out_ += '\n';
    out_.append(depth_, ' ');
  }

  std::string out_;
  bool pretty_;
  bool first_ = true;
  std::size_t depth_ = 0;
};

void add_pod(JsonText& json, const Identity& identity) {
  json.member("namespace", identity.pod_namespace);
  json.member("ingress", identity.ingress);
  json.member("service", identity.service);
  json.member("pod", identity.pod);
}

// The number of the first port of that kind, as text; empty when there is none.
std::string port_text(const Shared& shared, Protocol protocol, bool tls) {
  const auto found = std::ranges::find_if(shared.ports, [&](const Port& port) {
    return port.protocol == protocol && (port.tls != nullptr) == tls;
  });
  return found == shared.ports.end() ? "" : fmt::format("{}", found->number);
}

std::string assertions(const Request& request, const Shared& shared) {
  const net::RequestHead& head = request.head;
  JsonText json(true);
  json.open('{');
  json.member("path", head.target);
  json.member("host", head.host);
  json.member("method", head.method);
  json.member("proto", go_proto(head));
  json.name("headers");
  json.open('{');
  for (const auto& [name, values] : go_header(head)) {
    json.name(name);
    json.list(values);
  }
  json.close('}');
  json.member("httpPort", port_text(shared, Protocol::http, false));
  add_pod(json, shared.options.identity);
  if (request.tls != nullptr) {
    const net::TlsFacts facts = request.tls->facts();
    std::vector<std::string> certificates;
    for (const net::TlsPeerCertificate& one : facts.peer) certificates.push_back(one.pem);
    json.name("tls");
    json.open('{');
    json.member("version", facts.version);
    if (!certificates.empty()) {
      json.name("peerCertificates");
      json.list(certificates);
    }
    json.member("serverName", facts.server_name);
    json.member_if_any("negotiatedProtocol", facts.protocol);
    json.member("cipherSuite", facts.cipher);
    json.close('}');
  }
  json.close('}');
  return json.take();
}

void answer_json(const Request& request, const Target& target, Shared& shared, Reply& reply) {
  if (const std::string problem = set_delay(target.query, "delay", reply); !problem.empty())
    return refuse_as_echo_basic(problem, 500, reply);
  set_echo_header(request.head, reply);
  reply.type = "application/json";
  append_field(reply.fields, "X-Content-Type-Options", "nosniff");
  reply.body = assertions(request, shared);
}

void answer_status(std::string_view target, Reply& reply) {
  const std::string_view digits = target.substr(std::string_view("/status/").size());
  const GoInteger code = parse_go_integer(digits);
  const bool good = digits.size() == 3 && digits.find_first_not_of("0123456789") == digits.npos;
  reply.type = "";
  reply.status = good ? static_cast<int>(code.value) : 400;
  if (reply.status < 100) reply.abort = Abort::eof;
  if (reply.status < 200) reply.status = 200;  // what comes after an interim answer
}

// What net/http's ServeMux does with paths that are not clean, and with what it cannot route;
// false: nothing. Before Go 1.26 the status of the redirect was 301.
bool redirect(const Request& request, const std::string& path, std::string_view query,
              Reply& reply) {
  if (path.empty()) {
    reply.status = 404;
    reply.type = kGoText;
    append_field(reply.fields, "X-Content-Type-Options", "nosniff");
    reply.body = "404 page not found\n";
    return true;
  }
  if (path == "*") {
    reply.status = 400;
    reply.type = "";
    reply.keep_alive = false;
    return true;
  }
  std::string clean = path == "/status" ? "/status/" : go_clean_path(path);
  if (clean == path) return false;
  if (!query.empty()) clean += "?" + std::string(query);
  reply.status = 307;
  append_field(reply.fields, "Location", clean);
  const bool shows = request.head.method == "GET";
  reply.type = shows || request.head.method == "HEAD" ? "text/html; charset=utf-8" : "";
  if (shows)
    reply.body = "<a href=\"" + base::escape_markup(clean) + "\">Temporary Redirect</a>.\n\n";
  return true;
}

std::string tls_version_name(std::string_view version) {  // "TLSv1.3" -> "TLS 1.3"
  return version.starts_with("TLSv") ? "TLS " + std::string(version.substr(4))
                                     : std::string(version);
}

}  // namespace

void answer_echo_basic(const Request& request, const Target& target, Shared& shared, Reply& reply) {
  if (request.port->protocol == Protocol::h2c) {
    if (request.head.major_version == 2) return answer_json(request, target, shared, reply);
    reply.status = 400;
    reply.type = kGoText;
    reply.body = "Expected h2c request";
    return;
  }
  std::string raw(request.head.method == "CONNECT" ? "" : target.path);
  for (auto at = raw.find("//"); at != std::string::npos; at = raw.find("//", at + 1))
    raw.erase(at, 1);
  if (redirect(request, raw, target.query, reply)) return;
  const std::string path = percent_decode(raw, false);
  if (path == "/health") {
    reply.type = kGoText;
    reply.body = "OK";
  } else if (path == kWebSocketPath) {
    answer_websocket(request, shared, reply);
  } else if (path.starts_with("/status/")) {
    if (request.head.target.starts_with("/status/"))
      return answer_status(request.head.target, reply);
    reply.status = 400;
    reply.type = "";
  } else if (!is_retry(path) || !fail_retry(target.query, shared, reply)) {
    answer_json(request, target, shared, reply);
  }
}

std::string echo_basic_line(std::string_view line, const net::TlsSession* tls,
                            const Shared& shared) {
  if (line == "PING") return "PONG\n";
  if (line == "IS_TLS") return tls != nullptr ? "true\n" : "false\n";
  if (line != "TEST") return "";
  JsonText json(false);
  json.open('{');
  add_pod(json, shared.options.identity);
  json.member("tcpport", port_text(shared, Protocol::tcp, false));
  const std::string tls_port = port_text(shared, Protocol::tcp, true);
  json.member("tlsport", tls_port.empty() ? "8443" : tls_port);
  json.name("isTLS");
  json.truth(tls != nullptr);
  if (tls != nullptr) {
    const net::TlsFacts facts = tls->facts();
    json.name("tls");
    json.open('{');
    json.member("version", tls_version_name(facts.version));
    json.member("serverName", facts.server_name);
    json.member_if_any("negotiatedProtocol", facts.protocol);
    json.member_if_any("curves", facts.group);
    json.member("cipherSuite", facts.cipher);
    json.close('}');
  }
  json.close('}');
  return json.take() + "\n";
}

std::string echo_basic_datagram(std::string_view datagram, const Shared& shared) {
  constexpr std::size_t kMost = 1024;  // the rest of a longer one is lost
  JsonText json(false);
  json.open('{');
  json.member("request", datagram.substr(0, kMost));
  add_pod(json, shared.options.identity);
  json.close('}');
  return json.take();
}

}  // namespace weft::serve
