// Requests of a connection, from bytes to handle().
#include <sys/socket.h>

#include <cerrno>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/net/http2.h"
#include "lib/serve/asked.h"
#include "lib/serve/connection.h"
#include "lib/serve/json_text.h"
#include "lib/serve/route.h"
#include "lib/serve/worker.h"

namespace weft::serve {
namespace {

// A client that sends many requests at once gets no further ahead of its reading than this.
constexpr std::size_t kMaxUnsent = 64 << 10;

// Fields that change the answer: the plain one is prepared only for requests without them.
bool has_own_fields(const net::RequestHead& head) {
  for (const net::HeaderField& field : head.fields())
    if (field.name.size() > 7 && (field.name[0] | 0x20) == 'x' &&
        (base::equal_ignoring_case(field.name.substr(0, 7), "x-weft-") ||
         base::equal_ignoring_case(field.name, kEchoSetHeader)))
      return true;
  return false;
}

}  // namespace

void Connection::receive() {
  auto& buffer = worker_.receive_buffer();
  const ssize_t size = stream_.read(buffer.data(), buffer.size());
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) return close();
  const auto length = static_cast<std::size_t>(size);
  worker_.metrics().bytes_received.add(length);
  if (state_ == State::lingering) return;
  if (pending_.empty()) {
    consume({buffer.data(), length});
  } else {
    std::string input;
    input.swap(pending_);
    input.append(buffer.data(), length);
    consume(input);
  }
  pump();
}

// Uses as much as it can and keeps the rest.
void Connection::consume(std::string_view input) {
  more_input_ = false;
  while (!input.empty() && reads()) {
    if (out_.size() - sent_ > kMaxUnsent) break;
    const std::size_t used = state_ == State::head ? consume_head(input) : consume_body(input);
    if (used == 0) {
      pending_.assign(input);
      return;
    }
    input.remove_prefix(used);
  }
  if (input.empty() || state_ == State::closed) return;
  pending_.assign(input);
  more_input_ = true;
}

std::size_t Connection::consume_head(std::string_view input) {
  const Limits& limits = worker_.shared().options.limits;
  switch (scanner_.scan(input, limits.head_bytes)) {
    case net::HeadScanner::State::partial:
      if (input.size() == scanner_.skip()) return 0;  // empty lines do not begin a request
      if (!partial_) set_deadline(limits.head_timeout);
      partial_ = true;
      return 0;
    case net::HeadScanner::State::malformed:
      refuse(400, input.front() == '\x16' ? "this port speaks HTTP, not TLS"
                                          : "this is not an HTTP/1.1 request");
      return input.size();
    case net::HeadScanner::State::too_large:
      refuse(431, "the request head is too large");
      return input.size();
    case net::HeadScanner::State::complete:
      break;
  }
  const std::size_t size = scanner_.size();
  const std::string_view text = input.substr(scanner_.skip(), size - scanner_.skip());
  if (net::kHttp2Preface.starts_with(text) && text.size() > 4) {
    worker_.switch_to_http2(*this, input.substr(scanner_.skip()));
    return input.size();
  }
  scanner_.reset();
  partial_ = false;
  net::RequestHead& head = worker_.head();
  if (const net::RequestFault fault = net::parse_request(text, head)) {
    refuse(fault.status, fault.reason);
    return size;
  }
  if (!head.has_body()) {
    handle(head);
    return size;
  }
  return size + start_body(head, text, input.substr(size));
}

// Begins with the body of the request whose head is `text`; returns how much of `rest` it took.
std::size_t Connection::start_body(const net::RequestHead& head, std::string_view text,
                                   std::string_view rest) {
  const Limits& limits = worker_.shared().options.limits;
  keeps_body_ = keeps_body(worker_.shared(), split_target(head.target).path);
  body_.start(head, keeps_body_ ? limits.kept_body_bytes : limits.body_bytes);
  state_ = State::body;
  std::size_t used = 0;
  if (feed_body(rest, used)) {
    handle(head);
  } else if (state_ == State::body) {
    head_text_.assign(text);
    set_deadline(limits.body_timeout);
    if (head.expects_continue && head.minor_version == 1 && body_.size() == 0)
      out_ += "HTTP/1.1 100 Continue\r\n\r\n";
  }
  return used;
}

std::size_t Connection::consume_body(std::string_view input) {
  std::size_t used = 0;
  if (feed_body(input, used)) {
    net::parse_request(head_text_, worker_.head());  // was good the first time
    handle(worker_.head());
    head_text_.clear();
  }
  return used;
}

// True when the body is whole.
bool Connection::feed_body(std::string_view input, std::size_t& used) {
  switch (body_.feed(input, used, keeps_body_ ? &body_text_ : nullptr)) {
    case net::BodyReader::State::complete:
      return true;
    case net::BodyReader::State::partial:
      return false;
    case net::BodyReader::State::malformed:
      refuse(400, "the chunked body is malformed");
      return false;
    case net::BodyReader::State::too_large:
      refuse(413, "the request body is too large");
      return false;
  }
  return false;
}

void Connection::handle(const net::RequestHead& head) {
  state_ = State::head;
  began_ = worker_.loop().now();
  keep_alive_ = head.keep_alive && !worker_.draining();
  const bool plain = head.target == "/" && head.method == "GET" && keep_alive_ &&
                     head.minor_version == 1 && !worker_.root_answer().empty();
  if (plain && !has_own_fields(head)) {
    out_ += worker_.root_answer();
    worker_.metrics().count_request(PathClass::root, 200, worker_.loop().read_clock() - began_);
    set_deadline(worker_.shared().options.limits.idle_timeout);
    return;
  }
  const std::uint64_t size = head.has_body() ? body_.size() : 0;
  const Request request{head, body_text_, size, stream_.fd.get(), &port_, stream_.tls.get()};
  begin(answer(request, worker_.shared(), worker_.random()));
  body_text_.clear();
}

void Connection::refuse(int status, std::string_view reason) {
  worker_.metrics().malformed.add(1);
  Reply reply;
  reply.status = status;
  reply.keep_alive = false;
  if (worker_.shared().options.dialect == Dialect::weft) {
    reply.type = "application/json";
    reply.body = error_json(reason);
  } else {  // as Go's server
    reply.body = fmt::format("{} {}", status, status_reason(status));
  }
  append_head(out_, reply, worker_.date());
  out_ += reply.body;
  state_ = State::ending;
  unread_ = true;
}

}  // namespace weft::serve
