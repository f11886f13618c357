#include "lib/serve/websocket.h"

#include <algorithm>
#include <array>

#include "lib/base/text.h"
#include "lib/net/websocket.h"
#include "lib/serve/go_text.h"
#include "lib/serve/json_text.h"
#include "lib/serve/shared.h"

namespace weft::serve {
namespace {

enum class Problem : std::uint8_t { none, method, no_upgrade, version, key, origin };

struct ProblemRow {
  int status;               // of our own
  std::string_view reason;  // the same
  int basic_status;
  std::string_view basic_text;  // what golang.org/x/net/websocket says
};
// By Problem.
constexpr std::array<ProblemRow, 6> kProblems = {
    {{},
     {405, "a WebSocket begins with GET", 405, "bad method"},
     {426, "this is a WebSocket: send Connection: Upgrade and Upgrade: websocket", 400,
      "not websocket protocol"},
     {426, "only version 13 of WebSocket is spoken", 400, "missing or bad WebSocket Version"},
     {400, "Sec-WebSocket-Key has to be 16 bytes in base64", 400, "mismatch challenge/response"},
     {403, "", 403, ""}}};

// Whether a list of tokens, in all fields of that name, holds this one.
bool has_token(const net::RequestHead& head, std::string_view name, std::string_view token) {
  for (const net::HeaderField& field : head.fields()) {
    if (!base::equal_ignoring_case(field.name, name)) continue;
    for (const std::string_view part : base::split(field.value, ','))
      if (base::equal_ignoring_case(base::trim(part), token)) return true;
  }
  return false;
}

std::string_view value_of(const net::RequestHead& head, std::string_view name) {
  const net::HeaderField* field = head.find(name);
  return field == nullptr ? std::string_view() : field->value;
}

Problem check(const net::RequestHead& head, Dialect dialect) {
  if (head.method != "GET") return Problem::method;
  if (head.major_version != 1 || head.minor_version == 0 ||
      !has_token(head, "upgrade", "websocket") || !has_token(head, "connection", "upgrade"))
    return Problem::no_upgrade;
  const std::string_view key = value_of(head, "sec-websocket-key");
  const bool basic = dialect == Dialect::echo_basic;
  if (basic && key.empty()) return Problem::key;
  if (value_of(head, "sec-websocket-version") != "13") return Problem::version;
  if (!basic && !net::is_websocket_key(key)) return Problem::key;
  if (basic && value_of(head, "origin").empty()) return Problem::origin;
  return Problem::none;
}

void refuse(Problem problem, Dialect dialect, int http, Reply& reply) {
  const ProblemRow& row = kProblems[static_cast<std::size_t>(problem)];
  const bool version = problem == Problem::version;
  reply.keep_alive = false;
  switch (dialect) {
    case Dialect::echo_basic:
      reply.status = row.basic_status;
      reply.type = "";
      reply.body = row.basic_text;
      if (version) append_field(reply.fields, "Sec-WebSocket-Version", "13");
      return;
    case Dialect::istio:
      reply.status = problem == Problem::method ? 405 : 400;
      reply.type = kGoText;
      append_field(reply.fields, "Sec-Websocket-Version", "13");
      append_field(reply.fields, "X-Content-Type-Options", "nosniff");
      reply.body = std::string(status_reason(reply.status)) + "\n";
      return;
    case Dialect::weft:
    case Dialect::learn_layer5:
      reply.status = row.status;
      reply.type = "application/json";
      reply.body = error_json(row.reason);
      if (problem == Problem::method) append_field(reply.fields, "Allow", "GET");
      if (row.status == 426 && http == 1) append_field(reply.fields, "Upgrade", "websocket");
      if (version) append_field(reply.fields, "Sec-WebSocket-Version", "13");
      return;
  }
}

}  // namespace

bool wants_istio_websocket(const net::RequestHead& head) {
  return value_of(head, "testwebsocket") == "enabled";
}

void answer_websocket(const Request& request, const Shared& shared, Reply& reply) {
  const Dialect dialect = shared.options.dialect;
  const Problem problem = check(request.head, dialect);
  if (problem != Problem::none) return refuse(problem, dialect, request.head.major_version, reply);
  reply.status = 101;
  reply.websocket = net::websocket_accept(value_of(request.head, "sec-websocket-key"));
  // Whoever offers subprotocols may insist on one; an echo speaks them all.
  const auto offered = base::split(value_of(request.head, "sec-websocket-protocol"), ',');
  if (dialect != Dialect::istio && !base::trim(offered.front()).empty())
    append_field(reply.fields, "Sec-WebSocket-Protocol", base::trim(offered.front()));
}

std::string websocket_head(const Reply& reply) {
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Accept: " +
         reply.websocket + "\r\n" + reply.fields + "\r\n";
}

}  // namespace weft::serve
