#include "lib/load/link.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
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

// Addresses of the kind the resolver put first share the connections among them; those of the
// other kind are only for the case that these do not accept.
std::uint16_t first_address(std::span<const net::Address> addresses, std::uint32_t index) {
  const auto other = std::find_if(addresses.begin(), addresses.end(), [&](const auto& address) {
    return address.family() != addresses[0].family();
  });
  return static_cast<std::uint16_t>(index % static_cast<std::size_t>(other - addresses.begin()));
}

// Those of the family of the address to connect to take turns; null: the kernel chooses.
const net::Address* local_address(const Wire& wire, std::uint16_t to, std::uint32_t index) {
  const auto& from = wire.local_addresses;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const net::Address& candidate = from[(index + i) % from.size()];
    if (candidate.family() == wire.addresses[to].family()) return &candidate;
  }
  return nullptr;
}

constexpr std::size_t kPeek = 32 << 10;  // more than a dialog takes

}  // namespace

Link::Event Link::open(Wire& wire, std::uint32_t index) {
  index_ = index;
  if (address_ == UINT16_MAX) address_ = first_address(wire.addresses, index);
  tried_ = 0;
  return dial(wire);
}

Link::Event Link::dial(Wire& wire) {
  for (;; address_ = static_cast<std::uint16_t>((address_ + 1u) % wire.addresses.size())) {
    net::Dial dialed = net::dial(wire.addresses[address_], local_address(wire, address_, index_));
    ++generation_;
    if (dialed.error == 0 || dialed.error == EINPROGRESS) {
      stream_.tls.reset();
      dialog_.reset();
      stream_.fd = std::move(dialed.fd);
      ready_ = false;
      const bool tcp = wire.addresses[address_].family() != AF_UNIX;
      if (!watch(wire, EPOLL_CTL_ADD, tcp ? kReadWrite : kRead))
        return fail(failure_of_errno(errno));
      return dialed.error == 0 ? on_connected(wire, 0) : Event::nothing;
    }
    if (++tried_ >= wire.addresses.size()) return fail(failure_of_errno(dialed.error));
  }
}

Link::Event Link::advance(Wire& wire, std::uint32_t events) {
  if (stream_.tls) {
    stream_.tls->awaken();
    return shake_hands(wire, Event::nothing);
  }
  if (dialog_) return dig(wire, events);
  if ((events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) == 0) return Event::nothing;
  const int error = net::connect_error(stream_.fd.get());
  if (error == 0) return on_connected(wire, events);
  if (++tried_ >= wire.addresses.size()) return fail(failure_of_errno(error));
  address_ = static_cast<std::uint16_t>((address_ + 1u) % wire.addresses.size());
  return dial(wire);
}

Link::Event Link::on_connected(Wire& wire, std::uint32_t events) {
  // A peer that has ended its side already: once more, for whoever reads then.
  if ((events & EPOLLRDHUP) != 0 && !rearm(wire)) return fail(failure_of_errno(errno));
  if (wire.tunnel == nullptr) return on_passage(wire);
  const Tunnel& tunnel = *wire.tunnel;
  dialog_ = std::make_unique<net::ProxyDialog>(tunnel.proxy, tunnel.host, tunnel.port);
  return dig(wire, events);
}

// What the proxy says is looked at before it is taken, so that nothing of the target's goes with
// it.
Link::Event Link::dig(Wire& wire, std::uint32_t events) {
  const bool ends = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  const int fd = stream_.fd.get();
  for (;;) {
    while (!dialog_->output().empty()) {
      const std::string_view out = dialog_->output();
      const ssize_t n = ::send(fd, out.data(), out.size(), MSG_NOSIGNAL);
      if (n >= 0) {
        dialog_->sent(static_cast<std::size_t>(n));
        wire.bytes_sent += static_cast<std::size_t>(n);
      } else if (errno == EAGAIN) {
        return rearm(wire) ? Event::nothing : fail(failure_of_errno(errno));
      } else if (errno != EINTR) {
        return fail(failure_of_errno(errno));
      }
    }
    const ssize_t n = ::recv(fd, wire.buffer.data(), kPeek, MSG_PEEK);
    if (n == 0) return fail({.error = ErrorClass::closed});
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno == EAGAIN ? Event::nothing : fail(failure_of_errno(errno));
    const std::size_t used = dialog_->feed({wire.buffer.data(), static_cast<std::size_t>(n)});
    if (dialog_->fault()) return fail(failure_of_proxy(dialog_->fault()));
    ::recv(fd, wire.buffer.data(), used, 0);
    wire.bytes_received += used;
    if (dialog_->open()) {
      dialog_.reset();
      return rearm(wire) ? on_passage(wire) : fail(failure_of_errno(errno));
    }
    if (used == 0) return ends ? fail({.error = ErrorClass::closed}) : Event::nothing;
  }
}

// The way to the target is open.
Link::Event Link::on_passage(Wire& wire) {
  if (wire.tls == nullptr) {
    ready_ = true;
    return Event::ready;
  }
  stream_.tls = std::make_unique<net::TlsSession>(*wire.tls, stream_.fd.get(), &wire.ticket);
  stream_.tls->read_until_drained();
  return shake_hands(wire, Event::connected);
}

Link::Event Link::shake_hands(Wire& wire, Event on_progress) {
  switch (stream_.tls->handshake()) {
    case net::TlsSession::Step::done:
      // What came with the end of the handshake, or since this event, may raise no other.
      if (!rearm(wire)) return fail(failure_of_errno(errno));
      // So fast a peer: the two steps are told one after the other all the same.
      if (on_progress == Event::connected) return on_progress;
      ready_ = true;
      if (stream_.tls->resumed()) ++wire.resumed;
      return Event::ready;
    case net::TlsSession::Step::wants_read:
      return on_progress;
    case net::TlsSession::Step::wants_write:
      return rearm(wire) ? on_progress : fail(failure_of_errno(errno));
    case net::TlsSession::Step::failed:
      break;
  }
  return fail(failure_of_tls(stream_.tls->failure()));
}

std::uint64_t Link::retransmits() const {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (!stream_.fd || ::getsockopt(stream_.fd.get(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
    return 0;
  return info.tcpi_total_retrans;
}

void Link::close(Wire& wire) {
  if (stream_.fd) {
    wire.retransmits += retransmits();
    stream_.tls.reset();
    dialog_.reset();
    net::close_for_good(stream_.fd);
  }
  ++generation_;
  ready_ = false;
}

bool Link::rearm(const Wire& wire) const { return watch(wire, EPOLL_CTL_MOD, kReadWrite); }

Failure Link::failure_of(int error_number) const {
  const bool by_tls = error_number == EPROTO && stream_.tls;
  return by_tls ? failure_of_tls(stream_.tls->failure()) : failure_of_errno(error_number);
}

bool Link::watch(const Wire& wire, int operation, std::uint32_t events) const {
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag(index_);
  return ::epoll_ctl(wire.epoll, operation, stream_.fd.get(), &event) == 0;
}

Link::Event Link::fail(Failure failure) {
  failure_ = failure;
  return Event::failed;
}

}  // namespace weft::load
