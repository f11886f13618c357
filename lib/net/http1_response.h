// Reads one HTTP/1.1 answer from a byte stream, in pieces of any size, keeping only what a client
// needs to know: the status, where the answer ends, and whether the connection may be used again.
// Bodies are counted and thrown away. Memory is constant whatever the peer sends: a line that
// comes in pieces is kept up to 255 bytes, header blocks and trailers end at 64 KiB.
//
//   net::Http1Response answer;
//   answer.start(false);
//   const std::size_t used = answer.feed({buffer, n});
//   if (answer.done()) ... answer.status() ... answer.keep_alive() ...
//
// Framing follows RFC 9112, 6.3. Stricter than it in three points, because a load generator must
// not guess: an answer with both Content-Length and Transfer-Encoding, with two different
// Content-Lengths, or with folded header lines fails.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace weft::net {

enum class Http1Failure {
  none,
  closed,               // the stream ended before the first byte
  truncated,            // the stream ended inside the answer
  tls,                  // the peer speaks TLS
  http2,                // the peer speaks HTTP/2
  not_http,             // neither of them, and not HTTP/1
  bad_header,           // a header line that is none
  header_too_long,      // more than 64 KiB
  bad_length,           // a Content-Length that is no number
  conflicting_lengths,  // two statements about the length that do not agree
  bad_chunk,            // a chunk size or chunk end that is none
  unexpected_upgrade,   // 101 although nothing was asked for
  surplus,              // bytes follow the answer; for the caller to find, see feed()
};
std::string_view http1_failure_text(Http1Failure failure);  // "the answer speaks TLS"

// How a header block says the answer continues.
struct Http1Framing {
  enum class Body : std::uint8_t { sized, chunked, until_close };
  std::uint16_t status = 0;
  bool keep_alive = false;
  Body body = Body::until_close;
  std::uint64_t length = 0;
};

// The last header block and what it said. Servers repeat themselves: an answer that begins with
// the same bytes need not be parsed again. Shared by the connections of one thread.
struct Http1HeaderCache {
  std::array<char, 1024> bytes{};
  std::uint32_t size = 0;  // 0: nothing is known yet
  Http1Framing framing;
};

class Http1Response {
 public:
  // Begins a new answer; `to_head`: it answers a HEAD request, so it has no body.
  void start(bool to_head, Http1HeaderCache* cache = nullptr);

  // Takes bytes of the stream; returns how many belong to this answer. Fewer than given only when
  // the answer is done() or failed().
  std::size_t feed(std::string_view bytes);
  // The stream ended: a body without stated length is complete, everything else failed.
  void end_of_stream();

  bool done() const { return part_ == Part::done; }
  bool failed() const { return part_ == Part::failed; }
  bool started() const { return started_; }  // at least one byte was seen
  Http1Failure failure() const { return failure_; }
  unsigned status() const { return framing_.status; }
  // After done(): the next request may use the connection.
  bool keep_alive() const { return framing_.keep_alive; }
  std::uint64_t body_bytes() const { return body_bytes_; }

 private:
  enum class Part {
    status_line,
    header,
    body,        // Content-Length
    chunk_size,  // chunked
    chunk_data,
    chunk_end,
    trailer,
    until_close,  // neither
    done,
    failed
  };

  bool known_header(std::string_view bytes) const;
  std::size_t feed_lines(std::string_view bytes);
  std::size_t feed_body(std::string_view bytes);
  void on_line(std::string_view line, bool cut);
  void on_status_line(std::string_view line);
  void on_header(std::string_view line, bool cut);
  void on_content_length(std::string_view value);
  void on_transfer_encoding(std::string_view value);
  void on_connection(std::string_view value);
  void on_header_end();
  void on_chunk_size(std::string_view line, bool cut);
  void start_body();
  void fail(Http1Failure failure);

  static constexpr std::size_t kMaxHeader = 64 * 1024;
  static constexpr std::size_t kKept = 255;

  Part part_ = Part::status_line;
  Http1Failure failure_ = Http1Failure::none;
  Http1HeaderCache* cache_ = nullptr;
  const char* first_piece_ = nullptr;  // while feed() works on the first bytes of the answer
  Http1Framing framing_;
  bool to_head_ = false;
  bool started_ = false;
  bool interim_ = false;  // a 1xx answer came before
  bool has_length_ = false;
  bool has_encoding_ = false;
  bool asked_to_close_ = false;
  bool asked_to_keep_ = false;
  bool http_1_0_ = false;
  std::uint32_t line_size_ = 0;    // of an unfinished line, its first kKept bytes are in line_
  std::uint32_t header_size_ = 0;  // header lines, interim answers and trailers together
  std::uint64_t left_ = 0;         // of the body or the chunk
  std::uint64_t body_bytes_ = 0;
  std::array<char, kKept> line_;
};

}  // namespace weft::net
