#include "lib/serve/connection.h"

#include <sys/socket.h>

#include "lib/serve/call_run.h"
#include "lib/serve/worker.h"

namespace weft::serve {
namespace {

constexpr base::Nanoseconds kLinger = std::chrono::seconds(2);

}  // namespace

Connection::Connection(Worker& worker, net::Stream stream, const Port& port)
    : worker_(worker), port_(port), stream_(std::move(stream)), timer_([this] { expired(); }) {
  // A fresh connection may stay silent as long as a used one: clients open some in advance.
  const Limits& limits = worker_.shared().options.limits;
  if (stream_.tls) state_ = State::handshake;
  set_deadline(stream_.tls ? limits.head_timeout : limits.idle_timeout);
  watched_ = EPOLLIN;
}

Connection::~Connection() {
  if (stream_.fd) worker_.loop().remove(stream_.fd.get());
}

void Connection::ready(std::uint32_t epoll_events) {
  if ((epoll_events & EPOLLERR) != 0) return close();
  if (state_ == State::handshake) return shake_hands();
  if ((epoll_events & EPOLLOUT) != 0) {
    pump();
    if (state_ == State::closed) return;
  }
  if ((epoll_events & (EPOLLIN | EPOLLHUP | EPOLLRDHUP)) == 0) return;
  if (!blocked_ && (reads() || state_ == State::lingering)) return receive();
  const bool gone = (epoll_events & EPOLLHUP) != 0;
  if (gone || (state_ == State::hanging && (epoll_events & EPOLLRDHUP) != 0)) return close();
  watch(watched_ & ~static_cast<std::uint32_t>(EPOLLIN));  // until the answer is out
}

void Connection::shake_hands() {
  switch (stream_.tls->handshake()) {
    case net::TlsSession::Step::done:
      if (stream_.tls->protocol() == "h2") return worker_.switch_to_http2(*this, "");
      state_ = State::head;
      set_deadline(worker_.shared().options.limits.idle_timeout);
      return watch(EPOLLIN);
    case net::TlsSession::Step::wants_read:
      return watch(EPOLLIN);
    case net::TlsSession::Step::wants_write:
      return watch(EPOLLOUT);
    case net::TlsSession::Step::failed:
      break;
  }
  worker_.metrics().handshakes_failed.add(1);
  const bool plain = stream_.tls->failure() == net::TlsFailure::not_tls;
  stream_.tls.reset();
  if (!plain) return linger();  // the alert must not be lost to a reset
  refuse(400, "this port speaks TLS: write https://");
  pump();
}

void Connection::pump() {
  for (;;) {
    if (!flush()) return;
    if (state_ == State::sending) {
      if (!append_body()) return;
    } else if (state_ == State::ending) {
      if (stream_.tls && reply_ == nullptr) stream_.tls->close_notify();
      return unread_ ? linger() : close();
    } else if (state_ == State::upgrading) {
      return upgrade();
    } else if (reads() && more_input_) {
      std::string input;
      input.swap(pending_);
      consume(input);
    } else {
      break;
    }
  }
  if (reads()) watch(EPOLLIN);
}

void Connection::expired() {
  if (blocked_) return reset();
  switch (state_) {
    case State::handshake:
      return close();
    case State::head:
      if (!partial_) return close();
      refuse(408, "the request head did not arrive in time");
      break;
    case State::body:
      refuse(408, "the request body did not arrive in time");
      break;
    case State::delayed:
      proceed();
      break;
    case State::lingering:
      return close();
    case State::sending:  // the next part of a slow body is due
    case State::calling:
    case State::hanging:
    case State::upgrading:
    case State::ending:
    case State::closed:
      break;
  }
  pump();
}

void Connection::drain() {
  keep_alive_ = false;
  if (state_ == State::hanging || state_ == State::handshake) return close();
  if (state_ == State::head && !blocked_) receive();  // a request may be waiting in the socket
  if (state_ == State::head && !blocked_ && !partial_) close();
}

void Connection::watch(std::uint32_t events) {
  if (events == watched_) return;
  watched_ = events;
  worker_.loop().modify(stream_.fd.get(), events);
}

void Connection::set_deadline(base::Nanoseconds from_now) {
  worker_.loop().timers().set(timer_, worker_.loop().now() + from_now);
}

void Connection::linger() {
  const bool by_fault = reply_ != nullptr;
  ::shutdown(stream_.fd.get(), SHUT_WR);
  state_ = State::lingering;
  set_deadline(by_fault ? worker_.shared().options.limits.idle_timeout : kLinger);
  watch(EPOLLIN);
}

void Connection::reset() {
  const ::linger now{1, 0};
  ::setsockopt(stream_.fd.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

net::Stream Connection::release() {
  state_ = State::closed;
  worker_.loop().timers().cancel(timer_);
  worker_.loop().remove(stream_.fd.get());
  return std::move(stream_);
}

void Connection::close() {
  if (reply_ != nullptr) worker_.metrics().in_flight.subtract(1);
  reply_.reset();
  calls_.reset();
  state_ = State::closed;
  worker_.loop().timers().cancel(timer_);
  worker_.loop().remove(stream_.fd.get());
  worker_.retire(*this);
  stream_.fd.reset();
}

}  // namespace weft::serve
