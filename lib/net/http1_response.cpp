#include "lib/net/http1_response.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "lib/base/text.h"

namespace weft::net {
namespace {

using Body = Http1Framing::Body;
constexpr std::string_view kVersion = "HTTP/1.";

// tchar of RFC 9110, 5.6.2.
bool token_character(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
  return c != '\0' && std::strchr("!#$%&'*+-.^_`|~", c) != nullptr;
}

bool digit(char c) { return c >= '0' && c <= '9'; }

// The whole text as a number, or nothing; overflow counts as nothing.
bool to_number(std::string_view text, int base, std::uint64_t& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  return !text.empty() && error == std::errc{} && stop == end;
}

// First bytes that other protocols send: a TLS record type, the length of an HTTP/2 SETTINGS frame.
Http1Failure by_first_byte(char byte) {
  if (byte >= 0x14 && byte <= 0x17) return Http1Failure::tls;
  if (byte == 0) return Http1Failure::http2;
  return Http1Failure::none;
}

// Calls visit(token) for each element of a comma-separated list.
template <typename Visit>
void for_each_token(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    visit(base::trim(list.substr(0, comma)));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

}  // namespace

std::string_view http1_failure_text(Http1Failure failure) {
  switch (failure) {
    case Http1Failure::none:
      return "no failure";
    case Http1Failure::closed:
      return "the connection was closed without an answer";
    case Http1Failure::truncated:
      return "the connection was closed inside the answer";
    case Http1Failure::tls:
      return "the port speaks TLS, not plain HTTP";
    case Http1Failure::http2:
      return "the port speaks HTTP/2, not HTTP/1.1";
    case Http1Failure::not_http:
      return "the answer is not HTTP/1";
    case Http1Failure::bad_header:
      return "the answer has a malformed header line";
    case Http1Failure::header_too_long:
      return "the header of the answer is longer than 64 KiB";
    case Http1Failure::bad_length:
      return "the Content-Length of the answer is not a number";
    case Http1Failure::conflicting_lengths:
      return "the answer states its length in conflicting ways";
    case Http1Failure::bad_chunk:
      return "the answer has a malformed chunk";
    case Http1Failure::unexpected_upgrade:
      return "the answer switches protocols, which was not asked for";
    case Http1Failure::surplus:
      return "the answer is longer than its stated length";
  }
  return "unknown failure";
}

void Http1Response::start(bool to_head, Http1HeaderCache* cache) {
  part_ = Part::status_line;
  failure_ = Http1Failure::none;
  cache_ = cache;
  to_head_ = to_head;
  started_ = interim_ = false;
  has_length_ = has_encoding_ = asked_to_close_ = asked_to_keep_ = http_1_0_ = false;
  line_size_ = header_size_ = 0;
  left_ = body_bytes_ = 0;
  framing_ = {};
}

std::size_t Http1Response::feed(std::string_view bytes) {
  std::size_t used = 0;
  if (!started_ && !bytes.empty()) {
    started_ = true;
    first_piece_ = bytes.data();
    if (known_header(bytes)) {
      used = header_size_ = cache_->size;
      framing_ = cache_->framing;
      start_body();
    } else if (const auto failure = by_first_byte(bytes[0]); failure != Http1Failure::none) {
      fail(failure);
    }
  }
  while (used < bytes.size() && part_ < Part::done) {
    const std::string_view rest = bytes.substr(used);
    const bool in_body =
        part_ == Part::body || part_ == Part::chunk_data || part_ == Part::until_close;
    used += in_body ? feed_body(rest) : feed_lines(rest);
  }
  first_piece_ = nullptr;
  return used;
}

bool Http1Response::known_header(std::string_view bytes) const {
  return cache_ != nullptr && cache_->size != 0 && bytes.size() >= cache_->size &&
         std::memcmp(bytes.data(), cache_->bytes.data(), cache_->size) == 0;
}

std::size_t Http1Response::feed_body(std::string_view bytes) {
  if (part_ == Part::until_close) {
    body_bytes_ += bytes.size();
    return bytes.size();
  }
  const std::uint64_t taken = std::min<std::uint64_t>(left_, bytes.size());
  left_ -= taken;
  body_bytes_ += taken;
  if (left_ == 0) part_ = part_ == Part::body ? Part::done : Part::chunk_end;
  return static_cast<std::size_t>(taken);
}

// Takes the lines of one part: up to the end of the header, of the trailers, of a chunk size.
// Whether a line came whole or in pieces makes no difference: on_line sees at most kKept bytes.
std::size_t Http1Response::feed_lines(std::string_view bytes) {
  std::size_t used = 0;
  const auto has_lines = [this] {
    return part_ != Part::body && part_ != Part::chunk_data && part_ < Part::until_close;
  };
  while (used < bytes.size() && has_lines()) {
    const std::string_view rest = bytes.substr(used);
    if (part_ == Part::status_line && line_size_ < kVersion.size()) {
      const std::size_t known = std::min(rest.size(), kVersion.size() - line_size_);
      if (rest.substr(0, known) != kVersion.substr(line_size_, known)) {
        fail(Http1Failure::not_http);
        return used;
      }
    }
    const std::size_t end = rest.find('\n');
    const bool whole = end != std::string_view::npos;
    const std::string_view piece = rest.substr(0, end);
    used += piece.size() + (whole ? 1 : 0);

    const bool counts = part_ <= Part::header || part_ == Part::trailer;
    const std::size_t total = (counts ? header_size_ : line_size_) + piece.size() + (whole ? 1 : 0);
    if (total > kMaxHeader) {
      fail(counts ? Http1Failure::header_too_long : Http1Failure::bad_chunk);
      return used;
    }
    if (counts) header_size_ = static_cast<std::uint32_t>(total);

    std::string_view line = piece.substr(0, kKept);
    if (line_size_ > 0 || !whole) {
      const std::size_t kept = std::min<std::size_t>(line_size_, kKept);
      const std::size_t more = std::min(piece.size(), kKept - kept);
      std::copy_n(piece.data(), more, line_.data() + kept);
      line = {line_.data(), kept + more};
    }
    line_size_ += static_cast<std::uint32_t>(piece.size());
    if (!whole) return used;
    const bool cut = line_size_ > kKept;
    if (!cut && line.ends_with('\r')) line.remove_suffix(1);
    line_size_ = 0;
    on_line(line, cut);
  }
  return used;
}

void Http1Response::on_line(std::string_view line, bool cut) {
  switch (part_) {
    case Part::status_line:
      return on_status_line(line);
    case Part::header:
      return line.empty() ? on_header_end() : on_header(line, cut);
    case Part::chunk_size:
      return on_chunk_size(line, cut);
    case Part::chunk_end:
      return line.empty() ? void(part_ = Part::chunk_size) : fail(Http1Failure::bad_chunk);
    case Part::trailer:
      if (line.empty()) part_ = Part::done;
      return;
    default:
      return;
  }
}

// HTTP-version SP 3DIGIT [SP reason]
void Http1Response::on_status_line(std::string_view line) {
  const bool shaped = line.size() >= 12 && line.starts_with(kVersion) && digit(line[7]) &&
                      line[8] == ' ' && digit(line[9]) && digit(line[10]) && digit(line[11]) &&
                      (line.size() == 12 || line[12] == ' ');
  if (!shaped || line[9] < '1' || line[9] > '5') return fail(Http1Failure::not_http);
  http_1_0_ = line[7] == '0';
  framing_.status =
      static_cast<std::uint16_t>((line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0'));
  part_ = Part::header;
}

void Http1Response::on_header(std::string_view line, bool cut) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return fail(Http1Failure::bad_header);
  const std::string_view name = line.substr(0, colon);
  if (!std::all_of(name.begin(), name.end(), token_character))
    return fail(Http1Failure::bad_header);

  void (Http1Response::*handle)(std::string_view) = nullptr;
  if (name.size() == 14 && base::equal_ignoring_case(name, "content-length"))
    handle = &Http1Response::on_content_length;
  else if (name.size() == 17 && base::equal_ignoring_case(name, "transfer-encoding"))
    handle = &Http1Response::on_transfer_encoding;
  else if (name.size() == 10 && base::equal_ignoring_case(name, "connection"))
    handle = &Http1Response::on_connection;
  if (handle == nullptr) return;
  if (cut) return fail(Http1Failure::bad_header);
  (this->*handle)(base::trim(line.substr(colon + 1)));
}

void Http1Response::on_content_length(std::string_view value) {
  std::uint64_t length = 0;
  if (!to_number(value, 10, length)) return fail(Http1Failure::bad_length);
  if (has_encoding_ || (has_length_ && length != framing_.length))
    return fail(Http1Failure::conflicting_lengths);
  has_length_ = true;
  framing_.length = length;
  framing_.body = Body::sized;
}

// Only the last coding of all lines decides where the body ends (RFC 9112, 6.3).
void Http1Response::on_transfer_encoding(std::string_view value) {
  if (has_length_) return fail(Http1Failure::conflicting_lengths);
  has_encoding_ = true;
  for_each_token(value, [this](std::string_view coding) {
    framing_.body =
        base::equal_ignoring_case(coding, "chunked") ? Body::chunked : Body::until_close;
  });
}

void Http1Response::on_connection(std::string_view value) {
  for_each_token(value, [this](std::string_view option) {
    asked_to_close_ |= base::equal_ignoring_case(option, "close");
    asked_to_keep_ |= base::equal_ignoring_case(option, "keep-alive");
  });
}

void Http1Response::on_header_end() {
  if (framing_.status == 101) return fail(Http1Failure::unexpected_upgrade);
  if (framing_.status < 200) {  // interim: the answer proper follows
    framing_ = {};
    interim_ = true;
    has_length_ = has_encoding_ = asked_to_close_ = asked_to_keep_ = false;
    part_ = Part::status_line;
    return;
  }
  framing_.keep_alive = !asked_to_close_ && (!http_1_0_ || asked_to_keep_);
  if (cache_ != nullptr && first_piece_ != nullptr && !interim_ &&
      header_size_ <= cache_->bytes.size()) {
    cache_->size = header_size_;
    cache_->framing = framing_;
    std::copy_n(first_piece_, header_size_, cache_->bytes.data());
  }
  start_body();
}

void Http1Response::start_body() {
  if (to_head_ || framing_.status == 204 || framing_.status == 304) {
    part_ = Part::done;
    return;
  }
  switch (framing_.body) {
    case Body::sized:
      left_ = framing_.length;
      part_ = left_ == 0 ? Part::done : Part::body;
      return;
    case Body::chunked:
      part_ = Part::chunk_size;
      return;
    case Body::until_close:
      framing_.keep_alive = false;
      part_ = Part::until_close;
      return;
  }
}

// chunk-size [ chunk-ext ]
void Http1Response::on_chunk_size(std::string_view line, bool cut) {
  const std::size_t end = std::min(line.find_first_of("; \t"), line.size());
  if ((cut && end == line.size()) || !to_number(line.substr(0, end), 16, left_))
    return fail(Http1Failure::bad_chunk);
  part_ = left_ == 0 ? Part::trailer : Part::chunk_data;
}

void Http1Response::end_of_stream() {
  if (part_ >= Part::done) return;
  if (part_ == Part::until_close)
    part_ = Part::done;
  else
    fail(started_ ? Http1Failure::truncated : Http1Failure::closed);
}

void Http1Response::fail(Http1Failure failure) {
  part_ = Part::failed;
  failure_ = failure;
}

}  // namespace weft::net
