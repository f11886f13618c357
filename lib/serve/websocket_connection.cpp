#include "lib/serve/websocket_connection.h"

#include <sys/socket.h>

#include <cerrno>

#include "lib/serve/worker.h"

namespace weft::serve {
namespace {

using net::WebSocketOpcode;

constexpr base::Nanoseconds kLinger = std::chrono::seconds(2);

}  // namespace

WebSocketConnection::WebSocketConnection(Worker& worker, net::Stream stream, std::string lines)
    : worker_(worker),
      stream_(std::move(stream)),
      lines_(std::move(lines)),
      reader_(net::WebSocketRole::server,
              static_cast<std::size_t>(worker.shared().options.limits.kept_body_bytes)),
      timer_([this] { expired(); }),
      watched_(EPOLLIN) {
  set_deadline(worker_.shared().options.limits.idle_timeout);
}

WebSocketConnection::~WebSocketConnection() {
  if (stream_.fd) worker_.loop().remove(stream_.fd.get());
}

void WebSocketConnection::begin(std::string_view received) {
  take(received);
  if (worker_.draining()) drain();
}

void WebSocketConnection::ready(std::uint32_t epoll_events) {
  if ((epoll_events & EPOLLERR) != 0) return close();
  if ((epoll_events & EPOLLOUT) != 0) flush();
  // What the client does not take, nothing is read for.
  const bool reads = (state_ == State::open && out_.empty()) || state_ == State::lingering;
  if (reads && (epoll_events & (EPOLLIN | EPOLLHUP)) != 0) return receive();
  if (state_ != State::closed && (epoll_events & EPOLLHUP) != 0) close();
}

void WebSocketConnection::receive() {
  auto& buffer = worker_.receive_buffer();
  const ssize_t size = stream_.read(buffer.data(), buffer.size());
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size <= 0) return close();
  worker_.metrics().bytes_received.add(static_cast<std::size_t>(size));
  if (state_ == State::lingering) return;
  set_deadline(worker_.shared().options.limits.idle_timeout);
  take({buffer.data(), static_cast<std::size_t>(size)});
}

// Answers are never longer than what they answer, so `out_` needs no limit of its own.
void WebSocketConnection::take(std::string_view bytes) {
  while (state_ == State::open) {
    const auto message = reader_.next(bytes);
    if (!message) break;
    answer(*message);
  }
  if (state_ == State::open && reader_.fault()) {
    worker_.metrics().malformed.add(1);
    part(reader_.fault().code, reader_.fault().reason);
  }
  flush();
}

void WebSocketConnection::answer(const net::WebSocketMessage& message) {
  switch (message.opcode) {
    case WebSocketOpcode::ping:
      return net::append_websocket_frame(out_, WebSocketOpcode::pong, message.payload);
    case WebSocketOpcode::close:
      net::append_websocket_close(out_, message.close_code());
      state_ = State::ending;
      return;
    case WebSocketOpcode::pong:
    case WebSocketOpcode::continuation:
      return;
    case WebSocketOpcode::text:
    case WebSocketOpcode::binary:
      break;
  }
  switch (worker_.shared().options.dialect) {
    case Dialect::istio: {
      const std::string text = lines_ + std::string(message.payload) + "StatusCode=200\n";
      net::append_websocket_frame(out_, message.opcode, text);
      state_ = State::parting;  // without a close frame, as the original
      return;
    }
    case Dialect::echo_basic:
      return net::append_websocket_frame(out_, WebSocketOpcode::text, message.payload);
    case Dialect::weft:
    case Dialect::learn_layer5:
      return net::append_websocket_frame(out_, message.opcode, message.payload);
  }
}

void WebSocketConnection::part(std::uint16_t code, std::string_view reason) {
  net::append_websocket_close(out_, code, reason);
  state_ = State::parting;
}

void WebSocketConnection::flush() {
  if (state_ == State::closed) return;
  const std::size_t before = sent_;
  while (sent_ < out_.size()) {
    const ssize_t size = stream_.write(out_.data() + sent_, out_.size() - sent_);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno != EAGAIN) return close();
    if (size < 0) break;
    worker_.metrics().bytes_sent.add(static_cast<std::size_t>(size));
    sent_ += static_cast<std::size_t>(size);
  }
  const Limits& limits = worker_.shared().options.limits;
  if (sent_ < out_.size()) {
    if (sent_ > before || (watched_ & EPOLLOUT) == 0) set_deadline(limits.write_timeout);
    return watch(EPOLLOUT);
  }
  out_ = std::string();
  sent_ = 0;
  if (state_ == State::ending) return close();
  if (state_ == State::parting) {
    if (stream_.tls) stream_.tls->close_notify();
    ::shutdown(stream_.fd.get(), SHUT_WR);
    state_ = State::lingering;
    set_deadline(kLinger);
  } else if ((watched_ & EPOLLOUT) != 0) {
    set_deadline(limits.idle_timeout);
  }
  watch(EPOLLIN);
}

void WebSocketConnection::expired() {
  if (!out_.empty()) return reset();
  if (state_ != State::open) return close();
  part(net::kWebSocketGoingAway, "nothing was said for too long");
  flush();
}

void WebSocketConnection::drain() {
  if (state_ == State::open && out_.empty()) receive();  // something may be waiting in the socket
  if (state_ != State::open) return;
  part(net::kWebSocketGoingAway, "the service is to end");
  flush();
}

void WebSocketConnection::watch(std::uint32_t events) {
  if (events == watched_) return;
  watched_ = events;
  worker_.loop().modify(stream_.fd.get(), events);
}

void WebSocketConnection::set_deadline(base::Nanoseconds from_now) {
  worker_.loop().timers().set(timer_, worker_.loop().now() + from_now);
}

void WebSocketConnection::reset() {
  const ::linger now{1, 0};
  ::setsockopt(stream_.fd.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

void WebSocketConnection::close() {
  if (state_ == State::closed) return;
  if (stream_.tls && state_ != State::lingering) stream_.tls->close_notify();
  state_ = State::closed;
  worker_.loop().timers().cancel(timer_);
  worker_.loop().remove(stream_.fd.get());
  worker_.retire(*this);
  stream_.fd.reset();
}

}  // namespace weft::serve
