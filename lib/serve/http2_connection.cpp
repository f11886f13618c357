#include "lib/serve/http2_connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "lib/base/text.h"
#include "lib/serve/call_run.h"
#include "lib/serve/grpc_call.h"
#include "lib/serve/json_text.h"
#include "lib/serve/route.h"
#include "lib/serve/worker.h"

namespace weft::serve {
namespace {

constexpr std::size_t kOutput = 64 << 10;
constexpr std::uint32_t kInternalError = 2;  // RFC 9113, section 7

net::Http2Options session_options(const Limits& limits) {
  return {.is_server = true,
          .max_streams = limits.streams,
          .window = 1 << 20,
          .connection_window = 16 << 20,
          .max_header = static_cast<std::uint32_t>(limits.head_bytes)};
}

const net::Http2Fields& trailers() {
  static const net::Http2Fields all{{std::string(kTrailerName), std::string(kTrailerValue)}};
  return all;
}

// Header lines "name: value\r\n" as fields.
void add_lines(net::Http2Fields& out, std::string_view lines) {
  while (!lines.empty()) {
    const auto end = lines.find("\r\n");
    const std::string_view line = lines.substr(0, end);
    const auto colon = line.find(':');
    out.emplace_back(base::lower(line.substr(0, colon)), base::trim(line.substr(colon + 1)));
    lines.remove_prefix(end + 2);
  }
}

}  // namespace

struct Http2Connection::Exchange {
  Exchange(Http2Connection& connection, std::int32_t id)
      : stream(id), timer([this, &connection] { connection.expired(*this); }) {}

  std::int32_t stream;
  net::Http2Fields fields;  // of the request, pseudo-fields included
  std::string body;         // where it matters
  std::uint64_t body_size = 0;
  bool keeps_body = false;
  base::MonoTime began;  // when the request was whole
  std::unique_ptr<Reply> reply;
  std::unique_ptr<CallRun> calls;
  std::unique_ptr<GrpcCall> grpc;  // instead of all that concerns the body and the reply
  std::uint64_t body_sent = 0;
  std::uint64_t body_end = 0;
  base::MonoTime body_began;
  net::Timer timer;

  std::string_view field(std::string_view name) const {
    for (const auto& [key, value] : fields)
      if (key == name) return value;
    return {};
  }
  bool hangs() const { return grpc != nullptr ? grpc->hangs() : reply != nullptr && reply->hang; }
};

Http2Connection::Http2Connection(Worker& worker, net::Stream stream, const Port& port)
    : worker_(worker),
      port_(port),
      stream_(std::move(stream)),
      session_(*this, session_options(worker.shared().options.limits)),
      timer_([this] { sent_ < out_.size() ? reset() : close(); }),
      watched_(EPOLLIN) {
  set_deadline(worker_.shared().options.limits.idle_timeout);
}

Http2Connection::~Http2Connection() {
  if (stream_.fd) worker_.loop().remove(stream_.fd.get());
}

void Http2Connection::begin(std::string_view received) {
  if (worker_.draining()) drain();
  if (!closed_) take(received);
}

void Http2Connection::ready(std::uint32_t epoll_events) {
  if ((epoll_events & EPOLLERR) != 0) return close();
  if ((epoll_events & (EPOLLIN | EPOLLHUP)) != 0) return receive();
  flush();
}

void Http2Connection::receive() {
  auto& buffer = worker_.receive_buffer();
  const ssize_t size = stream_.read(buffer.data(), buffer.size());
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) return close();
  worker_.metrics().bytes_received.add(static_cast<std::size_t>(size));
  take({buffer.data(), static_cast<std::size_t>(size)});
}

void Http2Connection::take(std::string_view bytes) {
  const bool good = session_.receive(bytes);
  if (closed_) return;
  flush();
  if (!good && !closed_) close();
}

net::Http2Tag Http2Connection::on_stream(std::int32_t stream) {
  auto& exchange = exchanges_[stream];
  exchange = std::make_unique<Exchange>(*this, stream);
  worker_.loop().timers().set(exchange->timer,
                              worker_.loop().now() + worker_.shared().options.limits.body_timeout);
  return exchange.get();
}

void Http2Connection::on_field(net::Http2Tag tag, std::string_view name, std::string_view value) {
  static_cast<Exchange*>(tag)->fields.emplace_back(name, value);
}

void Http2Connection::on_head(net::Http2Tag tag) {
  Exchange& exchange = *static_cast<Exchange*>(tag);
  if (exchange.grpc != nullptr || exchange.reply != nullptr ||
      !grpc::is_grpc(exchange.field("content-type")))
    return;
  worker_.loop().timers().cancel(exchange.timer);
  worker_.metrics().in_flight.add(1);
  exchange.began = worker_.loop().now();
  const auto wake = [this, stream = exchange.stream] {
    check(*exchanges_.at(stream));
    flush();
  };
  exchange.grpc = std::make_unique<GrpcCall>(worker_, session_, exchange.stream, exchange.fields,
                                             stream_, port_, wake);
  exchange.grpc->begin();
  if (exchange.grpc->hangs()) worker_.metrics().aborted.add(1);
  check(exchange);
}

void Http2Connection::on_data(net::Http2Tag tag, std::string_view bytes) {
  Exchange& exchange = *static_cast<Exchange*>(tag);
  if (exchange.grpc != nullptr) {
    exchange.grpc->receive(bytes);
    return check(exchange);
  }
  if (exchange.reply != nullptr) return;  // refused already
  if (exchange.body_size == 0)
    exchange.keeps_body = keeps_body(worker_.shared(), split_target(exchange.field(":path")).path);
  exchange.body_size += bytes.size();
  const Limits& limits = worker_.shared().options.limits;
  if (exchange.body_size > (exchange.keeps_body ? limits.kept_body_bytes : limits.body_bytes))
    return refuse(exchange, 413, "the request body is too large");
  if (exchange.keeps_body) exchange.body += bytes;
}

void Http2Connection::on_whole(net::Http2Tag tag) {
  Exchange& exchange = *static_cast<Exchange*>(tag);
  if (exchange.grpc != nullptr) {
    exchange.grpc->end();
    return check(exchange);
  }
  if (exchange.reply != nullptr) return;
  net::RequestHead head;
  head.major_version = 2;
  head.minor_version = 0;
  head.method = exchange.field(":method");
  head.target = exchange.field(":path");
  head.host = exchange.field(":authority");
  head.content_length = exchange.body_size;
  for (const auto& [name, value] : exchange.fields) {
    if (name.starts_with(':')) continue;
    if (head.field_count == net::RequestHead::kMaxFields)
      return refuse(exchange, 431, "the request has more than 100 fields");
    head.field_store[head.field_count++] = {name, value};
  }
  if (head.target.empty()) return refuse(exchange, 400, "CONNECT is not spoken here");
  exchange.began = worker_.loop().now();
  const Request request{head,     exchange.body, exchange.body_size,
                        socket(), &port_,        stream_.tls.get()};
  exchange.reply = std::make_unique<Reply>(answer(request, worker_.shared(), worker_.random()));
  worker_.metrics().in_flight.add(1);
  if (exchange.reply->delay.count() > 0)
    worker_.loop().timers().set(exchange.timer, exchange.began + exchange.reply->delay);
  else
    proceed(exchange);
}

void Http2Connection::refuse(Exchange& exchange, int status, std::string_view reason) {
  worker_.metrics().malformed.add(1);
  worker_.metrics().in_flight.add(1);
  exchange.began = worker_.loop().now();
  exchange.reply = std::make_unique<Reply>();
  exchange.reply->status = status;
  exchange.reply->type = "application/json";
  exchange.reply->body = error_json(reason);
  send_reply(exchange);
}

// After a gRPC call has acted.
void Http2Connection::check(Exchange& exchange) {
  if (exchange.grpc->broken()) cut_off(exchange.stream);
}

void Http2Connection::cut_off(std::int32_t stream) {
  worker_.metrics().aborted.add(1);
  worker_.metrics().in_flight.subtract(1);
  exchanges_.erase(stream);
  session_.reset(stream, kInternalError);
}

// Makes the calls that the answer is about, then answers.
void Http2Connection::proceed(Exchange& exchange) {
  worker_.loop().timers().cancel(exchange.timer);
  if (exchange.reply->call == nullptr) return send_reply(exchange);
  exchange.calls = std::make_unique<CallRun>(worker_.loop(), worker_.shared(), exchange.reply->call,
                                             [this, &exchange](std::vector<CallResult> results) {
                                               Reply& reply = *exchange.reply;
                                               exchange.calls.reset();
                                               reply.call = reply.after_call(
                                                   *std::shared_ptr(reply.call), std::move(results),
                                                   worker_.shared(), reply);
                                               proceed(exchange);
                                               flush();
                                             });
}

void Http2Connection::send_reply(Exchange& exchange) {
  const Reply& reply = *exchange.reply;
  worker_.loop().timers().cancel(exchange.timer);
  if (reply.hang || reply.abort == Abort::half_close) worker_.metrics().aborted.add(1);
  if (reply.hang) return;
  if (reply.abort == Abort::reset || reply.abort == Abort::eof) return cut_off(exchange.stream);
  exchange.body_end = reply.abort == Abort::half_close ? reply.body_size() / 2 : reply.body_size();
  if (reply.head_only || !status_has_body(reply.status)) exchange.body_end = 0;
  net::Http2Fields fields{{":status", std::to_string(reply.status)}};
  if (status_has_body(reply.status)) {
    if (!reply.type.empty()) fields.emplace_back("content-type", reply.type);
    fields.emplace_back("content-length", std::to_string(reply.body_size()));
  }
  fields.emplace_back("date", worker_.date());
  add_lines(fields, reply.fields);
  exchange.body_began = worker_.loop().now();
  session_.answer(exchange.stream, fields,
                  exchange.body_end > 0 || reply.abort == Abort::half_close || has_chunks(reply));
}

net::Http2Handler::BodyPart Http2Connection::next_body(net::Http2Tag tag, char* out,
                                                       std::size_t room) {
  Exchange& exchange = *static_cast<Exchange*>(tag);
  if (exchange.grpc != nullptr) return exchange.grpc->next_body(out, room);
  const Reply& reply = *exchange.reply;
  const base::Nanoseconds passed =
      reply.rate == 0 ? base::Nanoseconds{0} : worker_.loop().read_clock() - exchange.body_began;
  const std::uint64_t size = std::min<std::uint64_t>(
      body_allowance(reply, exchange.body_sent, exchange.body_end, passed), room);
  if (size == 0 && exchange.body_sent < exchange.body_end) {
    const auto due = next_body_due(reply, exchange.body_sent, exchange.body_end);
    worker_.loop().timers().set(exchange.timer, exchange.body_began + due);
    return {.later = true};
  }
  std::string part;
  if (reply.filler)
    append_filler(part, exchange.body_sent, size);
  else
    part = reply.body.substr(static_cast<std::size_t>(exchange.body_sent),
                             static_cast<std::size_t>(size));
  std::copy(part.begin(), part.end(), out);
  exchange.body_sent += size;
  const bool end = exchange.body_sent == exchange.body_end;
  if (end && reply.abort == Abort::half_close)
    worker_.loop().timers().set(exchange.timer, worker_.loop().now());  // resets the stream
  return {.size = part.size(),
          .end = end && reply.abort != Abort::half_close,
          .later = end && reply.abort == Abort::half_close && part.empty(),
          .trailers = reply.trailers ? &trailers() : nullptr};
}

void Http2Connection::expired(Exchange& exchange) {
  if (exchange.reply == nullptr) {
    refuse(exchange, 408, "the request did not arrive in time");
  } else if (exchange.body_began == base::MonoTime{}) {
    proceed(exchange);  // the delay is over
  } else if (exchange.body_sent == exchange.body_end) {
    session_.reset(exchange.stream, kInternalError);  // half of the body was all there is
    worker_.metrics().in_flight.subtract(1);
    exchanges_.erase(exchange.stream);
  } else {
    session_.resume(exchange.stream);  // the next part of a slow body is due
  }
  flush();
}

void Http2Connection::on_over(net::Http2Tag tag, net::Http2Fault fault) {
  Exchange& exchange = *static_cast<Exchange*>(tag);
  if (exchange.grpc != nullptr) {
    worker_.metrics().in_flight.subtract(1);
    if (!fault)
      worker_.metrics().count_request(PathClass::grpc, static_cast<int>(exchange.grpc->status()),
                                      worker_.loop().read_clock() - exchange.began);
  } else if (exchange.reply != nullptr) {
    worker_.metrics().in_flight.subtract(1);
    if (!fault)
      worker_.metrics().count_request(exchange.reply->path, exchange.reply->status,
                                      worker_.loop().read_clock() - exchange.began);
  }
  exchanges_.erase(exchange.stream);
}

void Http2Connection::flush() {
  if (closed_) return;
  bool progress = (watched_ & EPOLLOUT) == 0;  // since the socket was blocked
  for (;;) {
    if (!session_.take_output(out_, kOutput)) return close();
    if (out_.empty()) break;
    const ssize_t size = stream_.write(out_.data() + sent_, out_.size() - sent_);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno != EAGAIN) return close();
    if (size < 0) {
      if (progress) set_deadline(worker_.shared().options.limits.write_timeout);
      return watch(EPOLLOUT);  // reads no more than it can answer
    }
    worker_.metrics().bytes_sent.add(static_cast<std::size_t>(size));
    sent_ += static_cast<std::size_t>(size);
    progress = true;
    if (sent_ < out_.size()) continue;
    out_.clear();
    sent_ = 0;
  }
  if (session_.is_over() || (draining_ && exchanges_.empty())) return close();
  if (exchanges_.empty())
    set_deadline(worker_.shared().options.limits.idle_timeout);
  else
    worker_.loop().timers().cancel(timer_);
  watch(EPOLLIN);
}

void Http2Connection::drain() {
  if (draining_) return;
  for (auto& [stream, exchange] : exchanges_) {
    if (exchange->hangs()) session_.reset(stream, kInternalError);  // it will never be answered
    if (exchange->grpc != nullptr) exchange->grpc->drain();
  }
  std::erase_if(exchanges_, [&](const auto& item) {
    const bool hangs = item.second->hangs();
    if (hangs) worker_.metrics().in_flight.subtract(1);
    return hangs;
  });
  receive();  // a request may be waiting in the socket
  if (closed_) return;
  draining_ = true;
  session_.go_away();
  flush();
}

void Http2Connection::watch(std::uint32_t events) {
  if (events == watched_) return;
  watched_ = events;
  worker_.loop().modify(stream_.fd.get(), events);
}

void Http2Connection::set_deadline(base::Nanoseconds from_now) {
  worker_.loop().timers().set(timer_, worker_.loop().now() + from_now);
}

void Http2Connection::reset() {
  const ::linger now{1, 0};
  ::setsockopt(stream_.fd.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

void Http2Connection::close() {
  if (closed_) return;
  closed_ = true;
  if (session_.fault() && session_.fault().failure != net::Http2Failure::ended)
    worker_.metrics().malformed.add(1);
  for (const auto& [stream, exchange] : exchanges_)
    if (exchange->reply != nullptr || exchange->grpc != nullptr)
      worker_.metrics().in_flight.subtract(1);
  worker_.loop().timers().cancel(timer_);
  if (stream_.tls) stream_.tls->close_notify();
  worker_.loop().remove(stream_.fd.get());
  worker_.retire(*this);
  stream_.fd.reset();
}

}  // namespace weft::serve
