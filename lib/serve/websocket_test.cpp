#include "lib/net/websocket.h"

#include <catch2/catch.hpp>
#include <string>

#include "lib/serve/service.h"
#include "lib/serve/test_client.h"

using namespace std::chrono_literals;
using namespace weft::net;
using namespace weft::serve;
using Catch::Contains;
using Catch::StartsWith;
using Opcode = WebSocketOpcode;

namespace {

std::unique_ptr<Service> start(Dialect dialect = Dialect::weft, ServiceOptions options = {}) {
  options.host = "127.0.0.1";
  options.dialect = dialect;
  options.identity = {.service = "s", .pod = "p", .pod_namespace = "n", .version = "v1"};
  auto service = Service::start(std::move(options));
  REQUIRE(service.ok());
  return std::move(service).value();
}

std::string ask(std::string_view path = "/ws", std::string_view fields = "") {
  return "GET " + std::string(path) +
         " HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
         std::string(fields) + "\r\n";
}

std::string frame(Opcode opcode, std::string_view payload, bool final = true) {
  std::string out;
  append_websocket_frame(out, opcode, payload, 0x01020304, final);
  return out;
}

std::string closing(std::uint16_t code, std::string_view reason = "") {
  std::string out;
  append_websocket_close(out, code, reason, 0x01020304);
  return out;
}

constexpr std::string_view kAgreed =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

// All that comes back to a handshake and these bytes, without the agreement.
std::string talk(const Service& service, std::string_view bytes, std::string_view request = "") {
  const auto fd = connect_to(service.port());
  send_text(fd, request.empty() ? ask() : request);
  send_text(fd, bytes);
  const std::string all = receive_all(fd);
  REQUIRE_THAT(all, StartsWith(std::string(kAgreed)));
  return all.substr(kAgreed.size());
}

}  // namespace

TEST_CASE("messages over a WebSocket come back as they were") {
  const auto service = start();
  const std::string large(100'000, 'z');
  std::string expected;
  append_websocket_frame(expected, Opcode::text,
                         "gr\xc3\xbc\xc3\x9f"
                         "e");
  append_websocket_frame(expected, Opcode::pong, "still there?");
  append_websocket_frame(expected, Opcode::binary, large);
  append_websocket_close(expected, 4001);
  CHECK(talk(*service, frame(Opcode::text, "gr\xc3\xbc\xc3", false) +
                           frame(Opcode::continuation,
                                 "\x9f"
                                 "e") +
                           frame(Opcode::pong, "what?") + frame(Opcode::ping, "still there?") +
                           frame(Opcode::binary, large) + closing(4001, "enough")) == expected);
}

TEST_CASE("the service closes a WebSocket that breaks the rules, and says why") {
  ServiceOptions options;
  options.limits.kept_body_bytes = 1000;
  const auto service = start(Dialect::weft, options);
  const auto code = [&](std::string_view bytes) {
    WebSocketReader reader(WebSocketRole::client, 1 << 20);
    const std::string all = talk(*service, bytes);
    std::string_view left = all;
    const auto message = reader.next(left);
    REQUIRE(message);
    CHECK(left.empty());
    return message->close_code();
  };
  CHECK(code("\x81\x05Hello") == kWebSocketProtocolError);
  CHECK(code(frame(Opcode::text, "\xff")) == kWebSocketInvalidData);
  CHECK(code(frame(Opcode::binary, std::string(1001, 'x'))) == kWebSocketTooBig);
  CHECK(code(std::string("\x82\xff\0\0\1\0\0\0\0\0mask", 14)) == kWebSocketTooBig);
}

TEST_CASE("a WebSocket is refused with what is missing") {
  const auto service = start();
  const auto refused = [&](std::string_view request) { return exchange(service->port(), request); };
  CHECK_THAT(refused("GET /ws HTTP/1.1\r\nHost: a\r\n\r\n"),
             StartsWith("HTTP/1.1 426 Upgrade Required\r\n") && Contains("Upgrade: websocket\r\n"));
  CHECK_THAT(refused("POST /ws HTTP/1.1\r\nHost: a\r\n\r\n"),
             StartsWith("HTTP/1.1 405 ") && Contains("Allow: GET\r\n"));
  std::string other = ask();
  other.replace(other.find("13\r\n"), 2, "12");
  CHECK_THAT(refused(other),
             StartsWith("HTTP/1.1 426 ") && Contains("Sec-WebSocket-Version: 13\r\n"));
  other = ask();
  other.replace(other.find("dGhl"), 4, "dG");
  CHECK_THAT(refused(other), StartsWith("HTTP/1.1 400 ") && Contains("16 bytes in base64"));
}

TEST_CASE("faults strike the handshake of a WebSocket") {
  const auto service = start();
  CHECK_THAT(exchange(service->port(), ask("/ws?status=503")), StartsWith("HTTP/1.1 503 "));
  const auto began = std::chrono::steady_clock::now();
  CHECK(talk(*service, closing(1000), ask("/ws?delay=50ms")) == std::string("\x88\x02\x03\xe8"));
  CHECK(std::chrono::steady_clock::now() - began >= 50ms);
}

TEST_CASE("a subprotocol that is offered is agreed on") {
  const auto service = start();
  CHECK_THAT(exchange(service->port(), ask("/ws", "Sec-WebSocket-Protocol: chat, other\r\n")),
             Contains("\r\nSec-WebSocket-Protocol: chat\r\n"));
}

TEST_CASE("a draining service says good-bye to WebSockets") {
  const auto service = start();
  const auto fd = connect_to(service->port());
  send_text(fd, ask());
  std::string agreed(kAgreed.size(), '\0');
  REQUIRE(::recv(fd.get(), agreed.data(), agreed.size(), MSG_WAITALL) ==
          static_cast<ssize_t>(agreed.size()));
  service->stop();
  CHECK_THAT(receive_all(fd), StartsWith("\x88") && Contains("\x03\xe9the service is to end"));
}

TEST_CASE("a silent WebSocket is closed after the idle time") {
  ServiceOptions options;
  options.limits.idle_timeout = 50ms;
  const auto service = start(Dialect::weft, options);
  CHECK_THAT(talk(*service, ""), Contains("\x03\xe9"));
}

TEST_CASE("echo-basic echoes text and wants an origin") {
  const auto service = start(Dialect::echo_basic);
  CHECK_THAT(exchange(service->port(), ask()), StartsWith("HTTP/1.1 403 Forbidden\r\n"));
  CHECK_THAT(exchange(service->port(), "GET /ws HTTP/1.1\r\nHost: a\r\n\r\n"),
             StartsWith("HTTP/1.1 400 Bad Request\r\n") &&
                 Catch::EndsWith("\r\n\r\nnot websocket protocol"));
  CHECK(talk(*service, frame(Opcode::binary, "abc") + closing(1000),
             ask("//ws", "Origin: http://a\r\n")) ==
        "\x81\x03"
        "abc\x88\x02\x03\xe8");
}

TEST_CASE("Istio's echo answers one message with its lines") {
  const auto service = start(Dialect::istio);
  const std::string port = std::to_string(service->port());
  const std::string lines =
      "ServiceVersion=v1\nServicePort=" + port +
      "\nHost=a\nURL=/any\nNamespace=n\nMethod=GET\nProto=HTTP/1.1\nIP=127.0.0.1\n"
      "RequestHeader=Connection:keep-alive, Upgrade\n"
      "RequestHeader=Sec-Websocket-Key:dGhlIHNhbXBsZSBub25jZQ==\n"
      "RequestHeader=Sec-Websocket-Version:13\nRequestHeader=Testwebsocket:enabled\n"
      "RequestHeader=Upgrade:WebSocket\nhelloStatusCode=200\n";
  std::string expected;
  append_websocket_frame(expected, Opcode::text, lines);
  CHECK(talk(*service, frame(Opcode::text, "hello"), ask("/any", "testwebsocket: enabled\r\n")) ==
        expected);
  CHECK_THAT(
      exchange(service->port(), "GET / HTTP/1.1\r\nHost: a\r\ntestwebsocket: enabled\r\n\r\n"),
      StartsWith("HTTP/1.1 400 Bad Request\r\n") && Catch::EndsWith("\r\n\r\nBad Request\n"));
}
