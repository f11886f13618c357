// HTTP/1.1 requests as a server reads them (RFC 9112), strict where leniency lets requests be
// smuggled: lines end in CRLF, no folded lines, no space before a colon, one Content-Length, and
// never both Content-Length and Transfer-Encoding. Nothing here allocates but a kept body.
//
//   net::HeadScanner scanner;
//   switch (scanner.scan(received, limits)) {                 // again whenever more came
//     case net::HeadState::complete:
//       net::RequestFault fault = net::parse_request(received.substr(0, scanner.size()), head);
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace weft::net {

// What is wrong with a request: the status to answer and one sentence. Status 0: nothing is.
struct RequestFault {
  int status = 0;
  std::string_view reason;
  explicit operator bool() const { return status != 0; }
};

struct HeaderField {
  std::string_view name;  // as sent; compare without regard to case
  std::string_view value;
};

// A parsed head. Every view points into the text that was parsed.
struct RequestHead {
  static constexpr std::size_t kMaxFields = 100;

  std::string_view method;
  std::string_view target;  // as sent: origin form, absolute form or "*"
  std::string_view host;    // the Host field; empty when HTTP/1.0 sent none
  int major_version = 1;    // 2 where HTTP/2 has made the head
  int minor_version = 1;
  bool keep_alive = true;
  bool chunked = false;
  bool expects_continue = false;
  std::uint64_t content_length = 0;

  std::array<HeaderField, kMaxFields> field_store;
  std::size_t field_count = 0;

  std::span<const HeaderField> fields() const { return {field_store.data(), field_count}; }
  bool has_body() const { return chunked || content_length > 0; }
  // The first field of that name, which is given in lower case; nullptr when there is none.
  const HeaderField* find(std::string_view lower_name) const;
};

// Finds the end of a head in bytes that arrive piecemeal; looks at each byte once.
class HeadScanner {
 public:
  enum class State { partial, complete, malformed, too_large };

  // `received` begins where the head begins and has only grown since the last call. Empty lines
  // before the head are skipped, as RFC 9112 2.2 asks.
  State scan(std::string_view received, std::size_t max_size);
  std::size_t skip() const { return skip_; }  // bytes of empty lines before the head
  std::size_t size() const { return end_; }   // end of the head, the skipped part included
  void reset() { *this = HeadScanner(); }

 private:
  std::size_t skip_ = 0;
  std::size_t seen_ = 0;  // no end of line is left unseen before this
  std::size_t line_ = 0;  // where the current line begins
  std::size_t end_ = 0;
};

// `text` is one head, from the method to the empty line. On a fault `head` is unspecified.
RequestFault parse_request(std::string_view text, RequestHead& head);

// Takes the body out of what arrives after a head, by length or by chunks.
class BodyReader {
 public:
  enum class State { partial, complete, malformed, too_large };

  void start(const RequestHead& head, std::uint64_t max_size);
  // Consumes a prefix of `received`, appends the body bytes in it to `kept` unless that is null,
  // and stores the length of the prefix in `used`. After `complete`, what follows belongs to the
  // next request.
  State feed(std::string_view received, std::size_t& used, std::string* kept);
  std::uint64_t size() const { return size_; }  // body bytes so far, without chunk framing

 private:
  enum class Part { data, chunk_size, chunk_data, chunk_end, trailer };
  State take_data(std::string_view received, std::size_t& used, std::string* kept);
  State take_line(std::string_view received, std::size_t& used);
  State end_line();

  Part part_ = Part::data;
  std::uint64_t left_ = 0;  // of the body, or of the chunk
  std::uint64_t size_ = 0;
  std::uint64_t max_size_ = 0;
  std::array<char, 24> line_{};  // the beginning of a framing line, more is not looked at
  std::uint32_t line_size_ = 0;
  std::uint32_t trailer_size_ = 0;
  char previous_ = 0;
};

}  // namespace weft::net
