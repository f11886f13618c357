#include "lib/net/websocket.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace weft::net;
using Opcode = WebSocketOpcode;

namespace {

struct Read {
  std::vector<std::pair<Opcode, std::string>> messages;
  WebSocketFault fault;
};

Read read(std::string_view bytes, WebSocketRole role, std::size_t step = SIZE_MAX,
          std::size_t limit = 1 << 20) {
  Read out;
  WebSocketReader reader(role, limit);
  while (!bytes.empty()) {
    std::string_view part = bytes.substr(0, step);
    bytes.remove_prefix(part.size());
    while (const auto message = reader.next(part))
      out.messages.emplace_back(message->opcode, message->payload);
  }
  out.fault = reader.fault();
  return out;
}

std::string frame(Opcode opcode, std::string_view payload, bool final = true,
                  WebSocketMask mask = 0x37fa213d) {
  std::string out;
  append_websocket_frame(out, opcode, payload, mask, final);
  return out;
}

std::uint16_t fault_of(std::string_view bytes) {
  const Read out = read(bytes, WebSocketRole::server);
  CHECK(out.messages.empty());
  CHECK_FALSE(out.fault.reason.empty());
  return out.fault.code;
}

}  // namespace

TEST_CASE("the key of a WebSocket is answered as in RFC 6455, section 1.3") {
  CHECK(websocket_accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  const std::string key = websocket_key(0x0123456789abcdef, 0xfedcba9876543210);
  CHECK(key == "ASNFZ4mrze/+3LqYdlQyEA==");
  CHECK(is_websocket_key(key));
  CHECK_FALSE(is_websocket_key("dGhlIHNhbXBsZSBub25j"));
  CHECK_FALSE(is_websocket_key("dGhlIHNhbXBsZSBub25jZQ=!"));
}

TEST_CASE("the frames of RFC 6455, section 5.7, are read and written") {
  const std::string hello = "\x81\x05Hello";
  CHECK(frame(Opcode::text, "Hello", true, {}) == hello);
  CHECK(read(hello, WebSocketRole::client).messages[0] ==
        std::pair(Opcode::text, std::string("Hello")));
  const std::string masked = "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
  CHECK(frame(Opcode::text, "Hello") == masked);
  CHECK(read(masked, WebSocketRole::server).messages[0].second == "Hello");
  const std::string fragments = "\x01\x03Hel\x80\x02lo";
  CHECK(read(fragments, WebSocketRole::client).messages[0].second == "Hello");
  const std::string large(65536, 'x');
  CHECK(frame(Opcode::binary, large, true, {}).substr(0, 10) ==
        std::string("\x82\x7f\0\0\0\0\0\1\0\0", 10));
  CHECK(frame(Opcode::binary, large.substr(0, 256), true, {}).substr(0, 4) ==
        std::string("\x82\x7e\1\0", 4));
}

TEST_CASE("messages come out the same however their bytes arrive") {
  const std::string large(70'000, 'y');
  std::string bytes = frame(Opcode::text, "gr\xc3", false) + frame(Opcode::ping, "p") +
                      frame(Opcode::continuation, "", false) +
                      frame(Opcode::continuation,
                            "\xbc\xc3\x9f"
                            "e") +
                      frame(Opcode::binary, large) + frame(Opcode::text, "");
  append_websocket_close(bytes, kWebSocketNormal, "bye", 7);
  const std::vector<std::pair<Opcode, std::string>> expected{{Opcode::ping, "p"},
                                                             {Opcode::text,
                                                              "gr\xc3\xbc\xc3\x9f"
                                                              "e"},
                                                             {Opcode::binary, large},
                                                             {Opcode::text, ""},
                                                             {Opcode::close,
                                                              "\x03\xe8"
                                                              "bye"}};
  for (const std::size_t step : {std::size_t{1}, std::size_t{3}, std::size_t{1000}, SIZE_MAX}) {
    const Read out = read(bytes, WebSocketRole::server, step);
    CHECK(out.messages == expected);
    CHECK_FALSE(out.fault);
  }
}

TEST_CASE("frames that break the rules are named with the code to close with") {
  CHECK(fault_of("\xc1\x80") == kWebSocketProtocolError);  // a reserved bit
  CHECK(fault_of("\x83\x80") == kWebSocketProtocolError);  // no such opcode
  CHECK(fault_of("\x81\x05") == kWebSocketProtocolError);  // not masked
  CHECK(fault_of("\x80\x80") == kWebSocketProtocolError);  // nothing to continue
  CHECK(fault_of("\x09\x80") == kWebSocketProtocolError);  // a fragment of a ping
  CHECK(fault_of("\x89\xfe") == kWebSocketProtocolError);  // a long ping
  CHECK(fault_of(frame(Opcode::text, "a", false) + "\x81\x80") == kWebSocketProtocolError);
  CHECK(fault_of(frame(Opcode::text, "\xff")) == kWebSocketInvalidData);
  CHECK(fault_of(frame(Opcode::text, "\xc3")) == kWebSocketInvalidData);
  CHECK(fault_of(frame(Opcode::close, "\x03")) == kWebSocketProtocolError);
  CHECK(fault_of(frame(Opcode::close, "\x03\xed")) == kWebSocketProtocolError);  // 1005
  CHECK(fault_of(frame(Opcode::close, "\x03\xe8\xff")) == kWebSocketInvalidData);
  CHECK(fault_of(std::string("\x82\xfe\0\x05mask", 8)) == kWebSocketProtocolError);
  CHECK(fault_of(std::string("\x82\xff\0\0\0\0\0\0\xff\xffmask", 14)) == kWebSocketProtocolError);
  CHECK(fault_of("\x82\xff\xff\xff\xff\xff\xff\xff\xff\xffmask") == kWebSocketProtocolError);
  CHECK(read("\x81\x85", WebSocketRole::client).fault.code == kWebSocketProtocolError);
}

TEST_CASE("a WebSocket message has a limit, whatever its frames say") {
  CHECK(fault_of(std::string("\x82\xff\0\0\0\x7f\0\0\0\0mask", 14)) == kWebSocketTooBig);
  std::string bytes;
  for (int i = 0; i < 5; ++i)
    bytes += frame(i == 0 ? Opcode::binary : Opcode::continuation, "12345", false);
  CHECK(read(bytes, WebSocketRole::server, SIZE_MAX, 24).fault.code == kWebSocketTooBig);
  CHECK_FALSE(read(bytes, WebSocketRole::server, SIZE_MAX, 25).fault);
}

TEST_CASE("a close frame never holds more than a control frame may") {
  std::string out;
  append_websocket_close(out, kWebSocketTooBig, std::string(122, 'r') + "\xc3\xbc");
  const Read read_back = read(out, WebSocketRole::client);
  REQUIRE(read_back.messages.size() == 1);
  CHECK(read_back.messages[0].second.size() == 2 + 122);
}
