#include "lib/grpc/frame.h"

#include <algorithm>

namespace weft::grpc {

std::string_view frame_failure_text(FrameFailure failure) {
  switch (failure) {
    case FrameFailure::none:
      return "";
    case FrameFailure::too_long:
      return "a gRPC message is longer than 4 MiB";
    case FrameFailure::compressed:
      return "a gRPC message is compressed, though that was not asked for";
    case FrameFailure::bad_flag:
      return "the bytes are not gRPC messages";
  }
  return "";
}

// True when the head of a message is whole and good.
bool FrameReader::read_head(std::string_view& bytes) {
  const std::size_t size = std::min(bytes.size(), kFrameHead - head_size_);
  std::copy_n(bytes.data(), size, head_.data() + head_size_);
  head_size_ = static_cast<std::uint8_t>(head_size_ + size);
  bytes.remove_prefix(size);
  if (head_size_ < kFrameHead) return false;
  left_ = 0;
  for (std::size_t i = 1; i < kFrameHead; ++i)
    left_ = left_ << 8 | static_cast<unsigned char>(head_[i]);
  if (head_[0] != 0)
    failure_ = head_[0] == 1 ? FrameFailure::compressed : FrameFailure::bad_flag;
  else if (left_ > limit_)
    failure_ = FrameFailure::too_long;
  message_.clear();
  begun_ = false;
  return failure_ == FrameFailure::none;
}

std::optional<std::string_view> FrameReader::next(std::string_view& bytes) {
  if (failure_ != FrameFailure::none) return std::nullopt;
  if (head_size_ < kFrameHead && (bytes.empty() || !read_head(bytes))) return std::nullopt;
  const std::string_view part = bytes.substr(0, left_);
  bytes.remove_prefix(part.size());
  const bool in_one_piece = !begun_ && part.size() == left_;
  left_ -= part.size();
  begun_ = true;
  if (!in_one_piece && keep_) message_ += part;
  if (left_ > 0) return std::nullopt;
  head_size_ = 0;
  return in_one_piece ? part : std::string_view(message_);
}

void append_frame(std::string& out, std::string_view message) {
  const std::size_t size = message.size();
  out += '\0';
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(size >> shift & 0xff);
  out += message;
}

std::string frame(std::string_view message) {
  std::string out;
  append_frame(out, message);
  return out;
}

}  // namespace weft::grpc
