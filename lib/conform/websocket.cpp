#include "lib/conform/websocket.h"

#include <sys/socket.h>

#include "lib/base/format.h"
#include "lib/base/id.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/conform/outcome.h"
#include "lib/net/websocket.h"

namespace weft::conform {
namespace {

using net::WebSocketOpcode;

constexpr std::size_t kMaxHead = 64 << 10;
constexpr std::size_t kMaxMessage = 1 << 20;  // and what was sent

void fail(Answer& answer, std::string_view outcome, std::string error) {
  answer.outcome = outcome;
  answer.error = std::move(error);
}

std::uint32_t new_mask() { return static_cast<std::uint32_t>(base::random_bits()); }

std::string handshake(const net::Url& url, const RequestSpec& request, const std::string& nonce,
                      const std::string& key) {
  std::string out = fmt::format("GET {} HTTP/1.1\r\n", url.target);
  const auto add = [&](std::string_view name, std::string_view value) {
    out += fmt::format("{}: {}\r\n", name, value);
  };
  std::string host = url.authority();
  for (const auto& [name, value] : request.headers)
    if (base::equal_ignoring_case(name, "host")) host = value;
  add("Host", host);
  add("Upgrade", "websocket");
  add("Connection", "Upgrade");
  add("Sec-WebSocket-Key", key);
  add("Sec-WebSocket-Version", "13");
  for (const auto& [name, value] : request.headers)
    if (!base::equal_ignoring_case(name, "host")) add(name, value);
  if (!nonce.empty()) add("x-weft-nonce", nonce);
  return out + "\r\n";
}

// Reads the head of the answer; what came after it stays in `received`. False when it failed.
bool read_head(Wire& wire, std::string& received, Answer& answer) {
  std::size_t end = std::string::npos;
  while ((end = received.find("\r\n\r\n")) == std::string::npos) {
    if (received.size() > kMaxHead) {
      fail(answer, "protocol", "the head of the answer does not end");
      return false;
    }
    const auto bytes = wire.read(answer);
    if (!bytes) return false;
    if (bytes->empty()) {
      fail(answer, "eof", "the connection was closed before the answer was whole");
      return false;
    }
    received += *bytes;
  }
  const auto lines = base::split(std::string_view(received).substr(0, end), '\n');
  const std::string_view first = base::trim(lines.front());
  const bool is_http = first.starts_with("HTTP/1.") && first.size() >= 12;
  const auto status = is_http ? base::parse_uint(first.substr(9, 3)) : std::nullopt;
  if (!status) {
    fail(answer, "protocol", "this is no answer of HTTP/1.1");
    return false;
  }
  answer.status = static_cast<int>(*status);
  for (const std::string_view line : lines) {
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && line.data() != lines.front().data())
      answer.headers.emplace_back(base::lower(base::trim(line.substr(0, colon))),
                                  base::trim(line.substr(colon + 1)));
  }
  received.erase(0, end + 4);
  return true;
}

bool agrees(const std::string& key, Answer& answer) {
  if (answer.status != 101) {
    fail(answer, http_outcome(answer.status), "the server does not agree to a WebSocket");
    return false;
  }
  for (const auto& [name, value] : answer.headers)
    if (name == "sec-websocket-accept" && value == net::websocket_accept(key)) return true;
  fail(answer, "protocol", "Sec-WebSocket-Accept does not match the key");
  return false;
}

void converse(Wire& wire, const std::string& message, std::string received, Answer& answer) {
  std::string out;
  append_websocket_frame(
      out, base::valid_utf8(message) ? WebSocketOpcode::text : WebSocketOpcode::binary, message,
      new_mask());
  if (!wire.write(out, answer)) return;
  net::WebSocketReader reader(net::WebSocketRole::client, kMaxMessage + message.size());
  for (std::string_view bytes = received;;) {
    while (const auto got = reader.next(bytes)) {
      out.clear();
      switch (got->opcode) {
        case WebSocketOpcode::ping:
          append_websocket_frame(out, WebSocketOpcode::pong, got->payload, new_mask());
          if (!wire.write(out, answer)) return;
          break;
        case WebSocketOpcode::close:
          return fail(answer, "eof",
                      fmt::format("the server closed the WebSocket with {}", got->close_code()));
        case WebSocketOpcode::pong:
        case WebSocketOpcode::continuation:
          break;
        case WebSocketOpcode::text:
        case WebSocketOpcode::binary:
          answer.outcome = "ok";
          answer.body = got->payload;
          net::append_websocket_close(out, net::kWebSocketNormal, {}, new_mask());
          Answer ignored;
          wire.write(out, ignored);
          return;
      }
    }
    if (reader.fault()) return fail(answer, "protocol", std::string(reader.fault().reason));
    const auto more = wire.read(answer);
    if (!more) return;
    if (more->empty()) return fail(answer, "eof", "the connection was closed without a message");
    bytes = *more;
  }
}

}  // namespace

Answer send_websocket(const net::Url& url, const RequestSpec& request, const std::string& nonce) {
  Answer answer;
  Wire wire(request.timeout);
  if (!wire.connect(url.host, url.port, SOCK_STREAM, answer)) return answer;
  if (url.scheme == "https" && !wire.shake_hands(request, url.host, {"http/1.1"}, answer))
    return answer;
  const std::string key = net::websocket_key(base::random_bits(), base::random_bits());
  if (!wire.write(handshake(url, request, nonce, key), answer)) return answer;
  std::string received;
  if (read_head(wire, received, answer) && agrees(key, answer))
    converse(wire, request.body.empty() ? nonce : request.body, std::move(received), answer);
  return answer;
}

}  // namespace weft::conform
