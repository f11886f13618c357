// HTTP/2 of one connection (RFC 9113), as bytes in and bytes out: frames, header compression, flow
// control and streams are nghttp2's, what is said on the streams is the handler's.
//
//   net::Http2Session session(handler, {.is_server = false});
//   session.request(head, true, tag);
//   session.take_output(out, 64 * 1024);                  // to be sent
//   if (!session.receive(bytes)) ... session.fault() ...
//
// A peer may send what it likes: memory stays bounded (header blocks by `max_header`, queued
// answers to floods by nghttp2), and what it broke is in the fault.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct nghttp2_session;

namespace weft::net {

inline constexpr std::string_view kHttp2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

enum class Http2Failure : std::uint8_t {
  none,
  reset,      // the peer ended the stream, see the code
  violation,  // the peer broke the rules, or compression did not work out; see the code
  header_too_long,
  flooded,    // with frames that each demand an answer
  not_http2,  // the peer speaks HTTP/1
  ended       // the connection is over
};

struct Http2Fault {
  Http2Failure failure = Http2Failure::none;
  std::uint32_t code = 0;  // RFC 9113, section 7
  explicit operator bool() const { return failure != Http2Failure::none; }
};
std::string http2_fault_text(Http2Fault fault);  // "the target reset the stream (REFUSED_STREAM)"

inline constexpr std::size_t kHttp2Codes = 14;
inline constexpr std::uint32_t kHttp2RefusedStream = 7;
inline constexpr std::uint32_t kHttp2Cancel = 8;
std::string_view http2_code_name(std::uint32_t code);  // "REFUSED_STREAM"; "UNKNOWN" from 14 on

using Http2Fields = std::vector<std::pair<std::string, std::string>>;  // names in lower case

// What the caller knows a stream by; null on streams it knows nothing of.
using Http2Tag = void*;

class Http2Handler {
 public:
  struct BodyPart {
    std::size_t size = 0;
    bool end = false;
    bool later = false;                     // nothing for now: see Http2Session::resume()
    const Http2Fields* trailers = nullptr;  // behind the end
  };

  virtual ~Http2Handler() = default;
  // A server's new stream: what to know it by.
  virtual Http2Tag on_stream(std::int32_t) { return nullptr; }
  virtual void on_field(Http2Tag tag, std::string_view name, std::string_view value) = 0;
  virtual void on_head(Http2Tag) {}  // the fields were all there are; trailers may still come
  virtual void on_data(Http2Tag tag, std::string_view bytes) = 0;
  virtual void on_whole(Http2Tag tag) = 0;  // the peer's message has come to its end
  // The stream is over, and its tag is not used again; without fault when both sides had ended.
  virtual void on_over(Http2Tag tag, Http2Fault fault) = 0;
  virtual void on_settings() {}
  virtual void on_goaway(std::uint32_t) {}
  // The next bytes of a body that was announced.
  virtual BodyPart next_body(Http2Tag tag, char* out, std::size_t room) = 0;
};

struct Http2Options {
  bool is_server = false;
  std::uint32_t max_streams = 1000;       // that a client may open at once
  std::uint32_t window = (1u << 30) - 1;  // of a stream
  std::uint32_t connection_window = (1u << 30) - 1;
  std::uint32_t max_header = 64 << 10;  // bytes of one header block, names and values
};

class Http2Session {
 public:
  // The settings are the first output. `handler` must outlive the session.
  Http2Session(Http2Handler& handler, const Http2Options& options);
  ~Http2Session();
  Http2Session(const Http2Session&) = delete;
  Http2Session& operator=(const Http2Session&) = delete;

  // False when the connection is of no more use: fault() says why; output may still be taken.
  bool receive(std::string_view bytes);
  // Appends what is to be sent, until `out` has that size or nothing is left. False: broken.
  bool take_output(std::string& out, std::size_t size);

  // The stream's id; 0 when no more can be opened. `fields` must live until the stream is over.
  std::int32_t request(const Http2Fields& fields, bool with_body, Http2Tag tag);
  // What a client still sends after the trailers of its answer is refused.
  void answer(std::int32_t stream, const Http2Fields& fields, bool with_body);
  void resume(std::int32_t stream);                     // there is more of its body
  void reset(std::int32_t stream, std::uint32_t code);  // its tag is not used again
  void ping();
  void go_away();  // streams under way go on, no new ones

  std::uint32_t peer_max_streams() const;
  bool may_request() const;  // neither the peer nor we have said that we go away
  bool is_over() const;      // nothing to read and nothing to write
  Http2Fault fault() const { return fault_; }

 private:
  friend struct Http2Callbacks;

  Http2Handler& handler_;
  nghttp2_session* session_ = nullptr;
  Http2Fault fault_;
  bool is_server_;
  bool begun_ = false;  // the first bytes have come
  std::uint32_t max_header_;
  std::uint32_t header_size_ = 0;        // of the block under way
  std::int32_t long_header_stream_ = 0;  // refused for it
  std::int32_t reset_stream_ = 0;        // by the peer, last
  std::int32_t tagged_stream_ = 0;       // looked up last, its tag
  Http2Tag tag_ = nullptr;
};

}  // namespace weft::net
