#include "lib/net/http2.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "lib/base/format.h"
#include "lib/net/http2_memory.h"

namespace weft::net {
namespace {

constexpr std::array<std::string_view, kHttp2Codes> kCodes = {"NO_ERROR",
                                                              "PROTOCOL_ERROR",
                                                              "INTERNAL_ERROR",
                                                              "FLOW_CONTROL_ERROR",
                                                              "SETTINGS_TIMEOUT",
                                                              "STREAM_CLOSED",
                                                              "FRAME_SIZE_ERROR",
                                                              "REFUSED_STREAM",
                                                              "CANCEL",
                                                              "COMPRESSION_ERROR",
                                                              "CONNECT_ERROR",
                                                              "ENHANCE_YOUR_CALM",
                                                              "INADEQUATE_SECURITY",
                                                              "HTTP_1_1_REQUIRED"};

constexpr std::uint32_t kFieldOverhead = 32;  // RFC 9113, 6.5.2

std::string_view text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// As nghttp2 wants them; until the next call on this thread.
const std::vector<nghttp2_nv>& name_values(const Http2Fields& fields, std::uint8_t flags) {
  static thread_local std::vector<nghttp2_nv> out;
  out.clear();
  const auto bytes = [](const std::string& field) {
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(field.data()));
  };
  for (const auto& [name, value] : fields)
    out.push_back({bytes(name), bytes(value), name.size(), value.size(), flags});
  return out;
}

}  // namespace

std::string_view http2_code_name(std::uint32_t code) {
  return code < kCodes.size() ? kCodes[code] : "UNKNOWN";
}

std::string http2_fault_text(Http2Fault fault) {
  switch (fault.failure) {
    case Http2Failure::none:
      return "";
    case Http2Failure::reset:
      return fmt::format("the target reset the stream ({})", http2_code_name(fault.code));
    case Http2Failure::violation:
      return fmt::format("the target broke the rules of HTTP/2 ({})", http2_code_name(fault.code));
    case Http2Failure::header_too_long:
      return "the header of the answer is longer than 64 KiB";
    case Http2Failure::flooded:
      return "the target sent more frames that demand an answer than can be answered";
    case Http2Failure::not_http2:
      return "the target speaks HTTP/1, not HTTP/2";
    case Http2Failure::ended:
      return "the target ended the HTTP/2 connection";
  }
  return "";
}

// What nghttp2 calls; user data is the session.
struct Http2Callbacks {
  static Http2Session& self(void* user) { return *static_cast<Http2Session*>(user); }

  // The fields and the frame of one answer come in a row: the last one looked up is kept.
  static Http2Tag tag_of(Http2Session& me, std::int32_t stream) {
    if (me.tagged_stream_ != stream) {
      me.tag_ = nghttp2_session_get_stream_user_data(me.session_, stream);
      me.tagged_stream_ = stream;
    }
    return me.tag_;
  }
  static void set_tag(Http2Session& me, std::int32_t stream, Http2Tag tag) {
    me.tagged_stream_ = 0;
    me.tag_ = nullptr;
    nghttp2_session_set_stream_user_data(me.session_, stream, tag);
  }

  static int begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    self(user).header_size_ = 0;
    if (!self(user).is_server_ || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
    const std::int32_t stream = frame->hd.stream_id;
    set_tag(self(user), stream, self(user).handler_.on_stream(stream));
    return 0;
  }

  static int header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                    std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                    std::uint8_t, void* user) {
    Http2Session& me = self(user);
    const std::int32_t stream = frame->hd.stream_id;
    me.header_size_ += static_cast<std::uint32_t>(name_size + value_size) + kFieldOverhead;
    if (me.header_size_ > me.max_header_) {
      me.long_header_stream_ = stream;
      return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;  // resets the stream
    }
    if (const Http2Tag tag = tag_of(me, stream))
      me.handler_.on_field(tag, text(name, name_size), text(value, value_size));
    return 0;
  }

  static int data(nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t* bytes,
                  std::size_t size, void* user) {
    if (const Http2Tag tag = tag_of(self(user), stream))
      self(user).handler_.on_data(tag, text(bytes, size));
    return 0;
  }

  static int on_end(const nghttp2_frame* frame, Http2Session& me) {
    if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0) return 0;
    if (const Http2Tag tag = tag_of(me, frame->hd.stream_id)) me.handler_.on_whole(tag);
    return 0;
  }

  static int frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    Http2Session& me = self(user);
    switch (frame->hd.type) {
      case NGHTTP2_HEADERS:
        if (const Http2Tag tag = tag_of(me, frame->hd.stream_id)) me.handler_.on_head(tag);
        return on_end(frame, me);
      case NGHTTP2_DATA:
        return on_end(frame, me);
      case NGHTTP2_SETTINGS:
        if ((frame->hd.flags & NGHTTP2_FLAG_ACK) == 0) me.handler_.on_settings();
        return 0;
      case NGHTTP2_RST_STREAM:
        me.reset_stream_ = frame->hd.stream_id;
        return 0;
      case NGHTTP2_GOAWAY:
        me.handler_.on_goaway(frame->goaway.error_code);
        return 0;
      default:
        return 0;
    }
  }

  // Our own GOAWAY with a code says what the peer did wrong. An answer that ended with a header
  // block before the request did needs no more of it (RFC 9113, 8.1).
  static int sent(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    const std::int32_t stream = frame->hd.stream_id;
    if (self(user).is_server_ && frame->hd.type == NGHTTP2_HEADERS &&
        (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0 &&
        nghttp2_session_get_stream_remote_close(session, stream) == 0)
      nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, stream, NGHTTP2_NO_ERROR);
    if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.error_code != NGHTTP2_NO_ERROR &&
        !self(user).fault_)
      self(user).fault_ = {Http2Failure::violation, frame->goaway.error_code};
    return 0;
  }

  static int closed(nghttp2_session*, std::int32_t stream, std::uint32_t code, void* user) {
    Http2Session& me = self(user);
    const Http2Tag tag = tag_of(me, stream);
    if (tag == nullptr) return 0;
    Http2Fault fault;
    // A GOAWAY closes what it does not cover like a reset with REFUSED_STREAM.
    if (code == NGHTTP2_REFUSED_STREAM || me.reset_stream_ == stream)
      fault = {Http2Failure::reset, code};
    else if (me.long_header_stream_ == stream)
      fault = {Http2Failure::header_too_long, code};
    else if (code != NGHTTP2_NO_ERROR)
      fault = {Http2Failure::violation, code};
    set_tag(me, stream, nullptr);
    me.handler_.on_over(tag, fault);
    return 0;
  }

  static ssize_t body(nghttp2_session* session, std::int32_t stream, std::uint8_t* out,
                      std::size_t room, std::uint32_t* flags, nghttp2_data_source*, void* user) {
    const Http2Tag tag = tag_of(self(user), stream);
    if (tag == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    const auto part = self(user).handler_.next_body(tag, reinterpret_cast<char*>(out), room);
    if (part.later) return NGHTTP2_ERR_DEFERRED;
    if (part.end) *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (part.end && part.trailers != nullptr) {
      const auto& nva = name_values(*part.trailers, NGHTTP2_NV_FLAG_NONE);
      *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
      nghttp2_submit_trailer(session, stream, nva.data(), nva.size());
    }
    return static_cast<ssize_t>(part.size);
  }

  static const nghttp2_session_callbacks* all() {
    static const nghttp2_session_callbacks* const made = [] {
      nghttp2_session_callbacks* out = nullptr;
      nghttp2_session_callbacks_new(&out);
      nghttp2_session_callbacks_set_on_begin_headers_callback(out, begin_headers);
      nghttp2_session_callbacks_set_on_header_callback(out, header);
      nghttp2_session_callbacks_set_on_data_chunk_recv_callback(out, data);
      nghttp2_session_callbacks_set_on_frame_recv_callback(out, frame);
      nghttp2_session_callbacks_set_on_frame_send_callback(out, sent);
      nghttp2_session_callbacks_set_on_stream_close_callback(out, closed);
      return out;
    }();
    return made;
  }

  static nghttp2_data_provider provider() {
    nghttp2_data_provider out{};
    out.read_callback = body;
    return out;
  }
};

Http2Session::Http2Session(Http2Handler& handler, const Http2Options& options)
    : handler_(handler), is_server_(options.is_server), max_header_(options.max_header) {
  std::vector<nghttp2_settings_entry> settings{
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, options.window},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, options.max_header}};
  if (is_server_) {
    nghttp2_session_server_new3(&session_, Http2Callbacks::all(), this, nullptr, http2_memory());
    settings.push_back({NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, options.max_streams});
  } else {
    nghttp2_session_client_new3(&session_, Http2Callbacks::all(), this, nullptr, http2_memory());
    settings.push_back({NGHTTP2_SETTINGS_ENABLE_PUSH, 0});
  }
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0,
                                        static_cast<std::int32_t>(options.connection_window));
}

Http2Session::~Http2Session() { nghttp2_session_del(session_); }

bool Http2Session::receive(std::string_view bytes) {
  if (!begun_ && !is_server_ && bytes.starts_with("HTTP/1")) {
    fault_ = {Http2Failure::not_http2, 0};
    return false;
  }
  begun_ = true;
  const auto outcome = nghttp2_session_mem_recv(
      session_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (outcome >= 0) return true;
  if (!fault_)
    fault_ = outcome == NGHTTP2_ERR_FLOODED
                 ? Http2Fault{Http2Failure::flooded, NGHTTP2_ENHANCE_YOUR_CALM}
                 : Http2Fault{Http2Failure::violation, NGHTTP2_PROTOCOL_ERROR};
  return false;
}

bool Http2Session::take_output(std::string& out, std::size_t size) {
  while (out.size() < size) {
    const std::uint8_t* data = nullptr;
    const auto n = nghttp2_session_mem_send(session_, &data);
    if (n == 0) return true;
    if (n < 0) {
      if (!fault_) fault_ = {Http2Failure::ended, 0};
      return false;
    }
    out.append(reinterpret_cast<const char*>(data), static_cast<std::size_t>(n));
  }
  return true;
}

std::int32_t Http2Session::request(const Http2Fields& fields, bool with_body, Http2Tag tag) {
  const auto& nva =
      name_values(fields, NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE);
  const auto provider = Http2Callbacks::provider();
  const auto stream = nghttp2_submit_request(session_, nullptr, nva.data(), nva.size(),
                                             with_body ? &provider : nullptr, tag);
  return std::max(stream, 0);
}

void Http2Session::answer(std::int32_t stream, const Http2Fields& fields, bool with_body) {
  const auto& nva = name_values(fields, NGHTTP2_NV_FLAG_NONE);
  const auto provider = Http2Callbacks::provider();
  nghttp2_submit_response(session_, stream, nva.data(), nva.size(),
                          with_body ? &provider : nullptr);
}

void Http2Session::resume(std::int32_t stream) { nghttp2_session_resume_data(session_, stream); }

void Http2Session::reset(std::int32_t stream, std::uint32_t code) {
  Http2Callbacks::set_tag(*this, stream, nullptr);
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream, code);
}

void Http2Session::ping() { nghttp2_submit_ping(session_, NGHTTP2_FLAG_NONE, nullptr); }

void Http2Session::go_away() {
  nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE,
                        nghttp2_session_get_last_proc_stream_id(session_), NGHTTP2_NO_ERROR,
                        nullptr, 0);
}

std::uint32_t Http2Session::peer_max_streams() const {
  return nghttp2_session_get_remote_settings(session_, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
}

bool Http2Session::may_request() const {
  return nghttp2_session_check_request_allowed(session_) != 0;
}

bool Http2Session::is_over() const {
  return nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0;
}

}  // namespace weft::net
