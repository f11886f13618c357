// The body half of http1_request.h.
#include <algorithm>

#include "lib/net/http1_request.h"

namespace weft::net {
namespace {

constexpr std::uint32_t kMaxLine = 4096;       // a chunk size with its extensions, or a trailer
constexpr std::uint32_t kMaxTrailers = 16384;  // all of them

// Chunk size in hex, up to the ';' that begins extensions, which nobody needs. 15 digits hold
// any size and cannot overflow.
std::optional<std::uint64_t> parse_chunk_size(std::string_view line) {
  std::uint64_t size = 0;
  std::size_t digits = 0;
  for (; digits < line.size(); ++digits) {
    const char c = line[digits];
    unsigned value = 0;
    if (c >= '0' && c <= '9')
      value = static_cast<unsigned>(c - '0');
    else if (c >= 'a' && c <= 'f')
      value = static_cast<unsigned>(c - 'a' + 10);
    else if (c >= 'A' && c <= 'F')
      value = static_cast<unsigned>(c - 'A' + 10);
    else
      break;
    if (digits == 15) return std::nullopt;
    size = size * 16 + value;
  }
  if (digits == 0 || (digits < line.size() && line[digits] != ';')) return std::nullopt;
  return size;
}

}  // namespace

void BodyReader::start(const RequestHead& head, std::uint64_t max_size) {
  *this = BodyReader();
  part_ = head.chunked ? Part::chunk_size : Part::data;
  left_ = head.content_length;
  max_size_ = max_size;
}

BodyReader::State BodyReader::feed(std::string_view received, std::size_t& used,
                                   std::string* kept) {
  used = 0;
  for (;;) {
    const bool data = part_ == Part::data || part_ == Part::chunk_data;
    State state = data ? take_data(received, used, kept) : take_line(received, used);
    if (state != State::complete) return state;
    if (part_ == Part::data) return State::complete;
    if (part_ == Part::chunk_data) {
      part_ = Part::chunk_end;
      continue;
    }
    state = end_line();
    if (state != State::partial) return state;
  }
}

BodyReader::State BodyReader::take_data(std::string_view received, std::size_t& used,
                                        std::string* kept) {
  if (left_ > max_size_ - size_) return State::too_large;
  const std::uint64_t rest = received.size() - used;
  const auto taken = static_cast<std::size_t>(std::min(left_, rest));
  if (kept != nullptr) kept->append(received, used, taken);
  used += taken;
  size_ += taken;
  left_ -= taken;
  return left_ == 0 ? State::complete : State::partial;
}

BodyReader::State BodyReader::take_line(std::string_view received, std::size_t& used) {
  while (used < received.size()) {
    const char c = received[used++];
    if (c == '\n') return previous_ == '\r' ? State::complete : State::malformed;
    if (previous_ == '\r' || ++line_size_ > kMaxLine) return State::malformed;
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < ' ' && c != '\t' && c != '\r') || byte == 0x7f) return State::malformed;
    if (line_size_ <= line_.size()) line_[line_size_ - 1] = c;
    previous_ = c;
  }
  return State::partial;
}

// The line in line_ is whole: its last byte was the CR. Partial: more of the body follows.
BodyReader::State BodyReader::end_line() {
  const std::uint32_t size = line_size_ - 1;
  line_size_ = 0;
  previous_ = 0;
  if (part_ == Part::trailer) {
    if (size == 0) return State::complete;
    trailer_size_ += size;
    return trailer_size_ > kMaxTrailers ? State::too_large : State::partial;
  }
  if (part_ == Part::chunk_end) {
    part_ = Part::chunk_size;
    return size == 0 ? State::partial : State::malformed;
  }
  const auto chunk = parse_chunk_size({line_.data(), std::min<std::size_t>(size, line_.size())});
  if (!chunk) return State::malformed;
  left_ = *chunk;
  part_ = left_ > 0 ? Part::chunk_data : Part::trailer;
  return State::partial;
}

}  // namespace weft::net
