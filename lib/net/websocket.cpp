#include "lib/net/websocket.h"

#include <openssl/evp.h>

#include <algorithm>

#include "lib/base/text.h"

namespace weft::net {
namespace {

constexpr std::size_t kMaxControl = 125;
constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // section 1.3

std::string base64(const unsigned char* data, std::size_t size) {
  std::string out(4 * ((size + 2) / 3) + 1, '\0');
  const int length =
      ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), data, static_cast<int>(size));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

std::uint64_t read_number(const std::uint8_t* bytes, std::size_t size) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < size; ++i) out = out << 8 | bytes[i];
  return out;
}

void append_number_bytes(std::string& out, std::uint64_t value, std::size_t size) {
  for (std::size_t i = size; i-- > 0;) out += static_cast<char>(value >> (8 * i) & 0xff);
}

}  // namespace

bool is_websocket_close_code(std::uint16_t code) {
  if (code >= 3000) return code <= 4999;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}

std::string websocket_key(std::uint64_t random_high, std::uint64_t random_low) {
  std::string bytes;
  append_number_bytes(bytes, random_high, 8);
  append_number_bytes(bytes, random_low, 8);
  return base64(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

bool is_websocket_key(std::string_view key) {
  return key.size() == 24 && key.ends_with("==") &&
         std::ranges::all_of(key.substr(0, 22), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  c == '+' || c == '/';
         });
}

std::string websocket_accept(std::string_view key) {
  const std::string text = std::string(key) + std::string(kGuid);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  ::EVP_Digest(text.data(), text.size(), digest.data(), &size, ::EVP_sha1(), nullptr);
  return base64(digest.data(), size);
}

void append_websocket_frame(std::string& out, WebSocketOpcode opcode, std::string_view payload,
                            WebSocketMask mask, bool final) {
  out += static_cast<char>((final ? 0x80 : 0) | static_cast<int>(opcode));
  const int masked = mask ? 0x80 : 0;
  if (payload.size() <= kMaxControl) {
    out += static_cast<char>(masked | static_cast<int>(payload.size()));
  } else if (payload.size() <= 0xffff) {
    out += static_cast<char>(masked | 126);
    append_number_bytes(out, payload.size(), 2);
  } else {
    out += static_cast<char>(masked | 127);
    append_number_bytes(out, payload.size(), 8);
  }
  if (!mask) {
    out += payload;
    return;
  }
  append_number_bytes(out, *mask, 4);
  for (std::size_t i = 0; i < payload.size(); ++i)
    out += static_cast<char>(payload[i] ^ static_cast<char>(*mask >> (24 - 8 * (i % 4)) & 0xff));
}

void append_websocket_close(std::string& out, std::uint16_t code, std::string_view reason,
                            WebSocketMask mask) {
  std::string payload;
  if (code != kWebSocketNoStatus) {
    append_number_bytes(payload, code, 2);
    payload += reason.substr(0, base::valid_utf8_length(reason.substr(0, kMaxControl - 2)));
  }
  append_websocket_frame(out, WebSocketOpcode::close, payload, mask);
}

std::uint16_t WebSocketMessage::close_code() const {
  if (opcode != WebSocketOpcode::close || payload.size() < 2) return kWebSocketNoStatus;
  return static_cast<std::uint16_t>(
      read_number(reinterpret_cast<const std::uint8_t*>(payload.data()), 2));
}

std::optional<WebSocketMessage> WebSocketReader::next(std::string_view& bytes) {
  if (message_given_) message_.clear();
  message_given_ = false;
  while (!fault_) {
    if (!in_payload_ && (!take_head(bytes) || !begin_payload())) break;
    take_payload(bytes);
    if (left_ > 0) break;
    in_payload_ = false;
    head_size_ = 0;
    if (auto message = end_frame()) return message;
  }
  return std::nullopt;
}

// True when the head of a frame is whole.
bool WebSocketReader::take_head(std::string_view& bytes) {
  while (head_size_ < head_length()) {
    if (bytes.empty()) return false;
    head_[head_size_++] = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    if (head_size_ == 2 && !check_start()) return false;
  }
  return true;
}

std::size_t WebSocketReader::head_length() const {
  if (head_size_ < 2) return 2;
  const int length = head_[1] & 0x7f;
  const std::size_t extended = length == 126 ? 2 : length == 127 ? 8 : 0;
  return 2 + extended + ((head_[1] & 0x80) != 0 ? 4 : 0);
}

// What the first two bytes of a frame tell.
bool WebSocketReader::check_start() {
  if ((head_[0] & 0x70) != 0)
    return fail(kWebSocketProtocolError, "a reserved bit is set, but no extension was agreed on");
  if (((head_[1] & 0x80) != 0) != (role_ == WebSocketRole::server))
    return fail(kWebSocketProtocolError, role_ == WebSocketRole::server
                                             ? "a frame of a client has to be masked"
                                             : "a frame of a server must not be masked");
  switch (opcode()) {
    case WebSocketOpcode::continuation:
      return fragmented_ || fail(kWebSocketProtocolError, "there is no message to continue");
    case WebSocketOpcode::text:
    case WebSocketOpcode::binary:
      return !fragmented_ ||
             fail(kWebSocketProtocolError, "a message begins inside of another one");
    case WebSocketOpcode::close:
    case WebSocketOpcode::ping:
    case WebSocketOpcode::pong:
      if (!is_final()) return fail(kWebSocketProtocolError, "a control frame is fragmented");
      return (head_[1] & 0x7f) <= kMaxControl ||
             fail(kWebSocketProtocolError, "a control frame is too long");
  }
  return fail(kWebSocketProtocolError, "the opcode is unknown");
}

bool WebSocketReader::begin_payload() {
  const int length = head_[1] & 0x7f;
  left_ = static_cast<std::uint64_t>(length);
  if (length == 126) left_ = read_number(&head_[2], 2);
  if (length == 127) left_ = read_number(&head_[2], 8);
  if ((length == 126 && left_ <= kMaxControl) || (length == 127 && left_ <= 0xffff) ||
      left_ >> 63 != 0)
    return fail(kWebSocketProtocolError, "the length of a frame is not in its shortest form");
  if (is_control()) {
    control_.clear();
  } else if (left_ > limit_ - message_.size()) {
    return fail(kWebSocketTooBig, "the message is too large");
  }
  if (opcode() == WebSocketOpcode::text || opcode() == WebSocketOpcode::binary)
    message_opcode_ = opcode();
  mask_at_ = 0;
  in_payload_ = true;
  return true;
}

void WebSocketReader::take_payload(std::string_view& bytes) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  std::string& kept = is_control() ? control_ : message_;
  const std::size_t from = kept.size();
  kept += bytes.substr(0, size);
  if (role_ == WebSocketRole::server) {
    const std::uint8_t* mask = &head_[head_length() - 4];
    for (std::size_t i = from; i < kept.size(); ++i, ++mask_at_)
      kept[i] = static_cast<char>(kept[i] ^ static_cast<char>(mask[mask_at_ % 4]));
  }
  bytes.remove_prefix(size);
  left_ -= size;
}

std::optional<WebSocketMessage> WebSocketReader::end_frame() {
  if (!is_control()) {
    fragmented_ = !is_final();
    if (fragmented_) return std::nullopt;
    if (message_opcode_ == WebSocketOpcode::text && !base::valid_utf8(message_)) {
      fail(kWebSocketInvalidData, "the text is not UTF-8");
      return std::nullopt;
    }
    message_given_ = true;
    return WebSocketMessage{message_opcode_, message_};
  }
  const WebSocketMessage message{opcode(), control_};
  if (message.opcode != WebSocketOpcode::close || control_.empty()) return message;
  if (control_.size() == 1 || !is_websocket_close_code(message.close_code()))
    fail(kWebSocketProtocolError, "the close frame has no usable code");
  else if (!base::valid_utf8(std::string_view(control_).substr(2)))
    fail(kWebSocketInvalidData, "the reason of the close frame is not UTF-8");
  if (fault_) return std::nullopt;
  return message;
}

bool WebSocketReader::fail(std::uint16_t code, std::string_view reason) {
  fault_ = {code, reason};
  return false;
}

}  // namespace weft::net
