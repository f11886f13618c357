#include "lib/serve/tcp_connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "lib/serve/echo.h"
#include "lib/serve/echo_basic.h"
#include "lib/serve/istio_echo.h"
#include "lib/serve/worker.h"

namespace weft::serve {
namespace {

constexpr std::size_t kMaxLine = 64 << 10;

}  // namespace

TcpConnection::TcpConnection(Worker& worker, net::Stream stream, const Port& port)
    : worker_(worker),
      port_(port),
      stream_(std::move(stream)),
      timer_([this] { state_ == State::handshake ? close() : reset(); }),
      watched_(EPOLLIN) {
  const Limits& limits = worker_.shared().options.limits;
  if (stream_.tls) state_ = State::handshake;
  set_deadline(stream_.tls ? limits.head_timeout : limits.idle_timeout);
}

TcpConnection::~TcpConnection() {
  if (stream_.fd) worker_.loop().remove(stream_.fd.get());
}

void TcpConnection::joined() {
  if (state_ == State::open) greet();
}

void TcpConnection::greet() {
  const Dialect dialect = worker_.shared().options.dialect;
  if (dialect == Dialect::echo_basic) out_ += kEchoBasicWelcome;
  if (dialect == Dialect::weft && port_.server_first)
    out_ += "weft " + worker_.shared().options.identity.service + "\n";
  if (dialect == Dialect::istio && port_.server_first) out_ += kIstioServerFirst;
  if (!out_.empty()) flush();
}

void TcpConnection::ready(std::uint32_t epoll_events) {
  if ((epoll_events & EPOLLERR) != 0) return close();
  if (state_ == State::handshake) return shake_hands();
  if ((epoll_events & EPOLLOUT) != 0) flush();
  // What the client does not take, nothing is read for.
  const bool reads = state_ == State::open && out_.empty();
  if (reads && (epoll_events & (EPOLLIN | EPOLLHUP)) != 0) return receive();
  if (state_ != State::closed && (epoll_events & EPOLLHUP) != 0) close();
}

void TcpConnection::shake_hands() {
  switch (stream_.tls->handshake()) {
    case net::TlsSession::Step::done:
      state_ = State::open;
      set_deadline(worker_.shared().options.limits.idle_timeout);
      watch(EPOLLIN);
      greet();
      return;
    case net::TlsSession::Step::wants_read:
      return watch(EPOLLIN);
    case net::TlsSession::Step::wants_write:
      return watch(EPOLLOUT);
    case net::TlsSession::Step::failed:
      break;
  }
  worker_.metrics().handshakes_failed.add(1);
  ::shutdown(stream_.fd.get(), SHUT_WR);  // the alert must not be lost to a reset
  close();
}

void TcpConnection::receive() {
  auto& buffer = worker_.receive_buffer();
  const ssize_t size = stream_.read(buffer.data(), buffer.size());
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size < 0) return close();
  if (size == 0) return end();
  const auto length = static_cast<std::size_t>(size);
  worker_.metrics().bytes_received.add(length);
  set_deadline(worker_.shared().options.limits.idle_timeout);
  answer({buffer.data(), length});
}

void TcpConnection::answer(std::string_view bytes) {
  switch (worker_.shared().options.dialect) {
    case Dialect::weft:
    case Dialect::learn_layer5:
      return echo(bytes);
    case Dialect::echo_basic:
      answer_lines(bytes);
      return flush();
    case Dialect::istio:
      if (told_) return echo(bytes);
      told_ = true;
      out_ += istio_socket_lines(port_, peer_host(socket()), worker_.shared());
      out_ += bytes;
      return flush();
  }
}

void TcpConnection::answer_lines(std::string_view bytes) {
  for (;;) {
    const auto end = bytes.find('\n');
    line_ += bytes.substr(0, end);
    if (line_.size() > kMaxLine) {
      state_ = State::ending;
      return;
    }
    if (end == std::string_view::npos) return;
    bytes.remove_prefix(end + 1);
    if (line_.ends_with('\r')) line_.pop_back();
    out_ += echo_basic_line(line_, stream_.tls.get(), worker_.shared());
    line_.clear();
  }
}

// Straight from where it was received, but for what the socket does not take.
void TcpConnection::echo(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = stream_.write(bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno != EAGAIN) return close();
    if (size < 0) break;
    worker_.metrics().bytes_sent.add(static_cast<std::size_t>(size));
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  if (bytes.empty()) return;
  out_ = bytes;
  flush();
}

// The client sends no more: what it has sent is answered, then we are through.
void TcpConnection::end() {
  const Dialect dialect = worker_.shared().options.dialect;
  if (dialect == Dialect::echo_basic && !line_.empty()) answer_lines("\n");
  if (dialect == Dialect::istio && !told_)
    out_ += istio_socket_lines(port_, peer_host(socket()), worker_.shared());
  state_ = State::ending;
  flush();
}

void TcpConnection::flush() {
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
  out_.clear();
  sent_ = 0;
  if (state_ == State::ending) return close();
  if ((watched_ & EPOLLOUT) != 0) set_deadline(limits.idle_timeout);
  watch(EPOLLIN);
}

void TcpConnection::drain() {
  if (state_ == State::handshake) return close();
  if (state_ == State::open && out_.empty()) receive();  // something may be waiting in the socket
  if (state_ == State::closed) return;
  state_ = State::ending;
  flush();
}

void TcpConnection::watch(std::uint32_t events) {
  if (events == watched_) return;
  watched_ = events;
  worker_.loop().modify(stream_.fd.get(), events);
}

void TcpConnection::set_deadline(base::Nanoseconds from_now) {
  worker_.loop().timers().set(timer_, worker_.loop().now() + from_now);
}

void TcpConnection::reset() {
  const ::linger now{1, 0};
  ::setsockopt(stream_.fd.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

void TcpConnection::close() {
  if (state_ == State::closed) return;
  if (stream_.tls && state_ != State::handshake) stream_.tls->close_notify();
  state_ = State::closed;
  worker_.loop().timers().cancel(timer_);
  worker_.loop().remove(stream_.fd.get());
  worker_.retire(*this);
  stream_.fd.reset();
}

}  // namespace weft::serve
