// Messages on a gRPC stream: a byte that tells whether it is compressed, four bytes of length (big
// endian), the message. They may begin and end anywhere in the DATA frames of HTTP/2.
//
//   grpc::FrameReader reader;
//   while (const auto message = reader.next(bytes)) use(*message);   // takes from `bytes`
//   if (reader.failure() != grpc::FrameFailure::none) ...
//   at the end: reader.midway() means that the last message was cut off
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weft::grpc {

inline constexpr std::size_t kFrameHead = 5;
inline constexpr std::size_t kMaxMessage = 4 << 20;  // what implementations accept by default

enum class FrameFailure : std::uint8_t {
  none,
  too_long,    // the announced length is over the limit
  compressed,  // though we said that we understand identity only
  bad_flag     // the first byte is neither 0 nor 1: this is not gRPC
};
std::string_view frame_failure_text(FrameFailure failure);  // "a message is longer than 4 MiB"

class FrameReader {
 public:
  // Without `keep`, messages that came in several pieces are told with empty text: for who counts.
  explicit FrameReader(bool keep = true, std::size_t limit = kMaxMessage)
      : limit_(limit), keep_(keep) {}

  // The next whole message, valid until the next call; takes what it uses from the front of
  // `bytes`. Nothing: more bytes are needed, or it failed. Memory grows with the bytes that come,
  // not with the length they announce.
  std::optional<std::string_view> next(std::string_view& bytes);
  bool midway() const { return head_size_ > 0; }
  FrameFailure failure() const { return failure_; }

 private:
  bool read_head(std::string_view& bytes);

  std::size_t limit_;
  std::size_t left_ = 0;  // of the message
  std::string message_;
  std::array<char, kFrameHead> head_{};
  std::uint8_t head_size_ = 0;
  bool begun_ = false;  // a part of the message has come
  bool keep_;
  FrameFailure failure_ = FrameFailure::none;
};

void append_frame(std::string& out, std::string_view message);
std::string frame(std::string_view message);

}  // namespace weft::grpc
