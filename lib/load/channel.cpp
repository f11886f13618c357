#include "lib/load/channel.h"

#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>

namespace weft::load {
namespace {

// Edge-triggered and registered once. Write readiness costs nothing over TCP, which reports it
// only after a write found the buffer full; a Unix socket reports every read of the peer, so there
// it is asked for when needed.
constexpr std::uint32_t kRead = EPOLLIN | EPOLLRDHUP | EPOLLET;
constexpr std::uint32_t kReadWrite = kRead | EPOLLOUT;

// A peer that sends without end must not keep the others waiting: after 1 MiB they have a turn.
constexpr int kReadsPerTurn = 16;

// Addresses of the kind the resolver put first share the connections among them; those of the
// other kind are only for the case that these do not accept.
std::uint16_t first_address(std::span<const net::Address> addresses, std::uint32_t index) {
  const auto other = std::find_if(addresses.begin(), addresses.end(), [&](const auto& address) {
    return address.family() != addresses[0].family();
  });
  return static_cast<std::uint16_t>(index % static_cast<std::size_t>(other - addresses.begin()));
}

}  // namespace

Channel::Event Channel::open(Wire& wire, std::uint32_t index) {
  index_ = index;
  if (address_ == UINT16_MAX) address_ = first_address(wire.addresses, index);
  tried_ = 0;
  return dial(wire);
}

Channel::Event Channel::dial(Wire& wire) {
  for (;; address_ = static_cast<std::uint16_t>((address_ + 1u) % wire.addresses.size())) {
    net::Dial dialed = net::dial(wire.addresses[address_]);
    ++generation_;
    if (dialed.error == 0 || dialed.error == EINPROGRESS) {
      fd_ = std::move(dialed.fd);
      asked_ = false;
      connecting_ = dialed.error != 0;
      const bool tcp = wire.addresses[address_].family() != AF_UNIX;
      if (!watch(wire, EPOLL_CTL_ADD, tcp ? kReadWrite : kRead))
        return fail(failure_of_errno(errno));
      return connecting_ ? Event::nothing : Event::connected;
    }
    if (++tried_ >= wire.addresses.size()) return fail(failure_of_errno(dialed.error));
  }
}

Channel::Event Channel::on_ready(Wire& wire, std::uint32_t events) {
  if (connecting_) return on_connecting(wire, events);
  if (!asked_) return receive_unasked(wire);
  if ((events & EPOLLOUT) != 0 && sent_ < wire.request.size()) {
    if (const Event event = send(wire); event != Event::nothing) return event;
  }
  const bool ends = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  return (events & EPOLLIN) != 0 || ends ? receive(wire, ends) : Event::nothing;
}

Channel::Event Channel::on_connecting(Wire& wire, std::uint32_t events) {
  if ((events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) == 0) return Event::nothing;
  const int error = net::connect_error(fd_.get());
  connecting_ = false;
  if (error == 0) return Event::connected;
  if (++tried_ >= wire.addresses.size()) return fail(failure_of_errno(error));
  address_ = static_cast<std::uint16_t>((address_ + 1u) % wire.addresses.size());
  return dial(wire);
}

Channel::Event Channel::send(Wire& wire) {
  if (!asked_) {
    asked_ = true;
    sent_ = 0;
    answer_.start(wire.to_head, &wire.headers);
  }
  while (sent_ < wire.request.size()) {
    const ssize_t n =
        ::send(fd_.get(), wire.request.data() + sent_, wire.request.size() - sent_, MSG_NOSIGNAL);
    if (n >= 0) {
      sent_ += static_cast<std::size_t>(n);
      wire.bytes_sent += static_cast<std::size_t>(n);
    } else if (errno == EAGAIN) {
      if (!watch(wire, EPOLL_CTL_MOD, kReadWrite)) return fail(failure_of_errno(errno));
      return Event::nothing;
    } else if (errno != EINTR) {
      return after_send_error(wire, errno);
    }
  }
  return Event::nothing;
}

// A server may answer and close before it has read the whole request: look for that answer.
Channel::Event Channel::after_send_error(Wire& wire, int error_number) {
  const Event event = receive(wire, true);
  return event == Event::nothing ? fail(failure_of_errno(error_number)) : event;
}

// A read that returns less than asked for has emptied the socket, and more bytes will raise a new
// event; only when the stream has ended, which raises none, the end itself must be read.
Channel::Event Channel::receive(Wire& wire, bool until_drained) {
  for (int reads = 0; reads < kReadsPerTurn; ++reads) {
    const ssize_t n = ::recv(fd_.get(), wire.buffer.data(), wire.buffer.size(), 0);
    if (n > 0) {
      const auto size = static_cast<std::size_t>(n);
      wire.bytes_received += size;
      const std::size_t used = answer_.feed({wire.buffer.data(), size});
      if (answer_.failed()) return fail(failure_of_answer(answer_.failure()));
      if (answer_.done() && used < size) return fail(failure_of_answer(net::Http1Failure::surplus));
      if (answer_.done()) break;
      if (size < wire.buffer.size() && !until_drained) return Event::nothing;
    } else if (n == 0) {
      answer_.end_of_stream();
      if (answer_.failed()) return fail(failure_of_answer(answer_.failure()));
      break;
    } else if (errno == EAGAIN) {
      return Event::nothing;
    } else if (errno != EINTR) {
      return fail(failure_of_errno(errno));
    }
  }
  if (answer_.done()) {
    asked_ = false;
    return Event::answered;
  }
  // Still readable: setting the same interest again raises the event again.
  if (!watch(wire, EPOLL_CTL_MOD, kReadWrite)) return fail(failure_of_errno(errno));
  return Event::nothing;
}

// Nothing was asked, so whatever comes makes the connection useless, except a late echo of an
// event whose bytes have been read already.
Channel::Event Channel::receive_unasked(Wire& wire) {
  const ssize_t n = ::recv(fd_.get(), wire.buffer.data(), wire.buffer.size(), 0);
  return n < 0 && (errno == EAGAIN || errno == EINTR) ? Event::nothing : Event::closed;
}

bool Channel::can_reuse(const Wire& wire) const {
  return wire.keepalive && answer_.keep_alive() && sent_ == wire.request.size();
}

void Channel::close() {
  if (fd_) net::close_for_good(fd_);
  ++generation_;
  connecting_ = asked_ = false;
}

bool Channel::watch(const Wire& wire, int operation, std::uint32_t events) const {
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag(index_);
  return ::epoll_ctl(wire.epoll, operation, fd_.get(), &event) == 0;
}

Channel::Event Channel::fail(Failure failure) {
  failure_ = failure;
  return Event::failed;
}

}  // namespace weft::load
