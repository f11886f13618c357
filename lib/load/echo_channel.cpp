#include "lib/load/echo_channel.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace weft::load {
namespace {

constexpr int kReadsPerTurn = 16;
constexpr std::size_t kNumberAt = kEchoPayload.find('0'), kNumberSize = 16;

}  // namespace

ChannelEvent EchoChannel::open(Wire& wire, std::uint32_t index) {
  asked_ = false;
  received_ = 0;
  if (datagrams_) return open_datagrams(wire, index);
  return after(link_.open(wire, index));
}

ChannelEvent EchoChannel::after(Link::Event event) {
  switch (event) {
    case Link::Event::connected:
      return ChannelEvent::linked;
    case Link::Event::ready:
      return ChannelEvent::connected;
    case Link::Event::failed:
      return fail(link_.failure());
    case Link::Event::nothing:
      break;
  }
  return ChannelEvent::nothing;
}

// There is nobody to accept: the socket is usable at once.
ChannelEvent EchoChannel::open_datagrams(Wire& wire, std::uint32_t index) {
  const net::Address& address = wire.addresses[index % wire.addresses.size()];
  socket_ = net::Fd(::socket(address.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  ++generation_;
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  event.data.u64 = tag(index);
  const auto* peer = reinterpret_cast<const sockaddr*>(&address.storage);
  if (!socket_ || ::connect(socket_.get(), peer, address.size) != 0 ||
      ::epoll_ctl(wire.epoll, EPOLL_CTL_ADD, socket_.get(), &event) != 0)
    return fail(failure_of_errno(errno));
  return ChannelEvent::connected;
}

std::uint64_t EchoChannel::tag(std::uint32_t index) const {
  return datagrams_ ? std::uint64_t{generation_} << 32 | index : link_.tag(index);
}

ChannelEvent EchoChannel::on_ready(Wire& wire, std::uint32_t events) {
  if (!datagrams_ && !link_.ready()) return after(link_.advance(wire, events));
  if (!datagrams_) link_.awaken();
  if (asked_ && sent_ < payload_.size())
    if (const ChannelEvent event = write(wire); event != ChannelEvent::nothing) return event;
  return read(wire);
}

ChannelEvent EchoChannel::send(Wire& wire, std::string_view payload) {
  payload_ = payload;
  if (payload == kEchoPayload) {
    std::uint64_t number = ++number_;
    for (std::size_t i = kNumberSize; i-- > 0; number >>= 4)
      payload_[kNumberAt + i] = "0123456789abcdef"[number & 15];
  }
  asked_ = true;
  sent_ = received_ = 0;
  return write(wire);
}

ChannelEvent EchoChannel::write(Wire& wire) {
  while (sent_ < payload_.size()) {
    const ssize_t n = datagrams_
                          ? ::send(socket_.get(), payload_.data(), payload_.size(), MSG_NOSIGNAL)
                          : link_.stream().write(payload_.data() + sent_, payload_.size() - sent_);
    if (n >= 0) {
      sent_ += static_cast<std::size_t>(n);
      wire.bytes_sent += static_cast<std::size_t>(n);
    } else if (errno == EAGAIN && !datagrams_) {
      return link_.rearm(wire) ? ChannelEvent::nothing : fail(failure_of_errno(errno));
    } else if (errno != EINTR) {
      return fail(failure_of_errno(errno));
    }
  }
  return ChannelEvent::nothing;
}

ChannelEvent EchoChannel::read(Wire& wire) {
  for (int reads = 0; reads < kReadsPerTurn; ++reads) {
    const ssize_t n = datagrams_ ? ::recv(socket_.get(), wire.buffer.data(), wire.buffer.size(), 0)
                                 : link_.stream().read(wire.buffer.data(), wire.buffer.size());
    if (n > 0 || (n == 0 && datagrams_)) {
      wire.bytes_received += static_cast<std::size_t>(n);
      const ChannelEvent event = take({wire.buffer.data(), static_cast<std::size_t>(n)});
      if (event != ChannelEvent::nothing) return event;
    } else if (n == 0) {
      return asked_ ? fail({.error = received_ == 0 ? ErrorClass::closed : ErrorClass::short_body})
                    : ChannelEvent::closed;
    } else if (errno == EAGAIN) {
      return ChannelEvent::nothing;
    } else if (errno != EINTR) {
      const Failure failure = datagrams_ ? failure_of_errno(errno) : link_.failure_of(errno);
      return asked_ ? fail(failure) : ChannelEvent::closed;
    }
  }
  if (!datagrams_ && !link_.rearm(wire)) return fail(failure_of_errno(errno));
  return ChannelEvent::nothing;
}

// A datagram that is not the one asked for was on its way too long, or came twice: it is dropped.
ChannelEvent EchoChannel::take(std::string_view bytes) {
  if (datagrams_) {
    if (!asked_ || bytes != payload_) return ChannelEvent::nothing;
    received_ = bytes.size();
  } else {
    if (!asked_) return ChannelEvent::closed;
    if (bytes != std::string_view(payload_).substr(received_, bytes.size()))
      return fail({.error = ErrorClass::protocol, .altered = true});
    received_ += bytes.size();
  }
  if (received_ < payload_.size()) return ChannelEvent::nothing;
  asked_ = false;
  return ChannelEvent::answered;
}

void EchoChannel::close(Wire& wire) {
  if (datagrams_) {
    socket_.reset();
    ++generation_;
  } else {
    link_.close(wire);
  }
  asked_ = false;
}

ChannelEvent EchoChannel::fail(Failure failure) {
  failure_ = failure;
  return ChannelEvent::failed;
}

}  // namespace weft::load
