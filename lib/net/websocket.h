// WebSocket (RFC 6455) without sockets: the key of the handshake, frames to send, and messages out
// of what was received. Extensions and compression are not spoken.
//
//   WebSocketReader reader(WebSocketRole::server, 1 << 20);
//   while (const auto message = reader.next(received)) ...      // takes a prefix of `received`
//   if (reader.fault()) append_websocket_close(out, reader.fault().code, reader.fault().reason);
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weft::net {

enum class WebSocketOpcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10
};

// Codes of a close frame (section 7.4.1).
inline constexpr std::uint16_t kWebSocketNormal = 1000;
inline constexpr std::uint16_t kWebSocketGoingAway = 1001;
inline constexpr std::uint16_t kWebSocketProtocolError = 1002;
inline constexpr std::uint16_t kWebSocketNoStatus = 1005;  // never sent: a close without a code
inline constexpr std::uint16_t kWebSocketInvalidData = 1007;
inline constexpr std::uint16_t kWebSocketTooBig = 1009;
bool is_websocket_close_code(std::uint16_t code);  // that may stand in a frame

// 16 bytes as the value of Sec-WebSocket-Key, and what Sec-WebSocket-Accept says to it.
std::string websocket_key(std::uint64_t random_high, std::uint64_t random_low);
bool is_websocket_key(std::string_view key);
std::string websocket_accept(std::string_view key);

// A client masks each frame with four bytes that the server cannot foretell; a server never does.
using WebSocketMask = std::optional<std::uint32_t>;

void append_websocket_frame(std::string& out, WebSocketOpcode opcode, std::string_view payload,
                            WebSocketMask mask = {}, bool final = true);
// `reason` is cut to what a control frame holds. Without a code (kWebSocketNoStatus) it is empty.
void append_websocket_close(std::string& out, std::uint16_t code, std::string_view reason = {},
                            WebSocketMask mask = {});

// Whose frames are read decides whether they have to be masked.
enum class WebSocketRole : std::uint8_t { server, client };

struct WebSocketMessage {
  WebSocketOpcode opcode;    // never continuation
  std::string_view payload;  // valid until the next call; of a close, code and reason
  std::uint16_t close_code() const;
};

struct WebSocketFault {
  std::uint16_t code = 0;  // to close with; 0: none
  std::string_view reason;
  explicit operator bool() const { return code != 0; }
};

class WebSocketReader {
 public:
  // Messages of more than `limit` bytes are a fault.
  WebSocketReader(WebSocketRole role, std::size_t limit) : role_(role), limit_(limit) {}

  // Takes from `bytes` up to the end of the next message, which fragments have been put together
  // to and whose text is UTF-8. Nothing: more has to come, or there is a fault.
  std::optional<WebSocketMessage> next(std::string_view& bytes);
  WebSocketFault fault() const { return fault_; }

 private:
  bool take_head(std::string_view& bytes);
  std::size_t head_length() const;
  bool check_start();
  bool begin_payload();
  void take_payload(std::string_view& bytes);
  std::optional<WebSocketMessage> end_frame();
  bool fail(std::uint16_t code, std::string_view reason);

  bool is_control() const { return (head_[0] & 8) != 0; }
  bool is_final() const { return (head_[0] & 0x80) != 0; }
  WebSocketOpcode opcode() const { return static_cast<WebSocketOpcode>(head_[0] & 15); }

  WebSocketRole role_;
  std::size_t limit_;
  std::array<std::uint8_t, 14> head_{};  // of the frame
  std::size_t head_size_ = 0;            // of it so far
  bool in_payload_ = false;
  std::uint64_t left_ = 0;  // of the payload
  std::size_t mask_at_ = 0;
  bool fragmented_ = false;  // a message has begun whose last frame has not come
  WebSocketOpcode message_opcode_ = WebSocketOpcode::text;
  std::string message_, control_;
  bool message_given_ = false;  // the caller has seen message_
  WebSocketFault fault_;
};

}  // namespace weft::net
