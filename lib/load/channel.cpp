#include "lib/load/channel.h"

#include <sys/epoll.h>

#include <cerrno>

namespace weft::load {
namespace {

// A peer that sends without end must not keep the others waiting: after 1 MiB they have a turn.
constexpr int kReadsPerTurn = 16;

}  // namespace

ChannelEvent Channel::open(Wire& wire, std::uint32_t index) {
  asked_ = ended_ = false;
  return after(link_.open(wire, index));
}

ChannelEvent Channel::after(Link::Event event) {
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

ChannelEvent Channel::on_ready(Wire& wire, std::uint32_t events) {
  if (!link_.ready()) return after(link_.advance(wire, events));
  link_.awaken();
  if (!asked_) return receive_unasked(wire);
  if ((events & EPOLLOUT) != 0 && sent_ < message_->bytes.size()) {
    if (const ChannelEvent event = send(wire); event != ChannelEvent::nothing) return event;
  }
  const bool ends = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  ended_ |= ends;
  const bool readable = (events & EPOLLIN) != 0 || ends || link_.buffered();
  return readable ? receive(wire, ends) : ChannelEvent::nothing;
}

ChannelEvent Channel::send(Wire& wire) {
  if (!asked_) {
    asked_ = true;
    message_ = wire.message;
    sent_ = 0;
    answer_.start(message_->to_head, &wire.headers);
  }
  const std::string_view bytes = message_->bytes;
  while (sent_ < bytes.size()) {
    const ssize_t n = link_.stream().write(bytes.data() + sent_, bytes.size() - sent_);
    if (n >= 0) {
      sent_ += static_cast<std::size_t>(n);
      wire.bytes_sent += static_cast<std::size_t>(n);
    } else if (errno == EAGAIN) {
      if (!link_.rearm(wire)) return fail(failure_of_errno(errno));
      return ChannelEvent::nothing;
    } else if (errno != EINTR) {
      return after_send_error(wire, errno);
    }
  }
  return ChannelEvent::nothing;
}

// A server may answer and close before it has read the whole request: look for that answer.
ChannelEvent Channel::after_send_error(Wire& wire, int error_number) {
  const Failure failure = link_.failure_of(error_number);
  link_.awaken();
  const ChannelEvent event = receive(wire, true);
  return event == ChannelEvent::nothing ? fail(failure) : event;
}

// A read that returns less than asked for has emptied the socket, and more bytes will raise a new
// event; only when the stream has ended, which raises none, the end itself must be read.
ChannelEvent Channel::receive(Wire& wire, bool until_drained) {
  const bool one_is_enough = !until_drained && link_.emptied_by_short_read();
  for (int reads = 0; reads < kReadsPerTurn; ++reads) {
    const ssize_t n = link_.stream().read(wire.buffer.data(), wire.buffer.size());
    if (n > 0) {
      const auto size = static_cast<std::size_t>(n);
      wire.bytes_received += size;
      const std::size_t used = answer_.feed({wire.buffer.data(), size});
      if (answer_.failed()) return fail(failure_of_answer(answer_.failure()));
      if (answer_.done() && used < size) return fail(failure_of_answer(net::Http1Failure::surplus));
      if (answer_.done()) break;
      if (size < wire.buffer.size() && one_is_enough) return ChannelEvent::nothing;
    } else if (n == 0) {
      answer_.end_of_stream();
      if (answer_.failed()) return fail(failure_of_answer(answer_.failure()));
      break;
    } else if (errno == EAGAIN) {
      return ChannelEvent::nothing;
    } else if (errno != EINTR) {
      return fail(link_.failure_of(errno));
    }
  }
  if (answer_.done()) return finish_answer(wire);
  // Still readable: setting the same interest again raises the event again.
  if (!link_.rearm(wire)) return fail(failure_of_errno(errno));
  return ChannelEvent::nothing;
}

ChannelEvent Channel::finish_answer(Wire& wire) {
  asked_ = false;
  // What TLS holds back raises no event: it may be a ticket, but no more of the stream.
  if (link_.buffered() && link_.stream().read(wire.buffer.data(), wire.buffer.size()) > 0)
    return fail(failure_of_answer(net::Http1Failure::surplus));
  return ChannelEvent::answered;
}

// Nothing was asked, so whatever comes makes the connection useless, except a late echo of an
// event whose bytes have been read already.
ChannelEvent Channel::receive_unasked(Wire& wire) {
  const ssize_t n = link_.stream().read(wire.buffer.data(), wire.buffer.size());
  const bool nothing = n < 0 && (errno == EAGAIN || errno == EINTR);
  return nothing ? ChannelEvent::nothing : ChannelEvent::closed;
}

bool Channel::can_reuse(const Wire& wire) const {
  return wire.keepalive && !ended_ && answer_.keep_alive() && sent_ == message_->bytes.size();
}

void Channel::close(Wire& wire) {
  link_.close(wire);
  asked_ = false;
}

ChannelEvent Channel::fail(Failure failure) {
  failure_ = failure;
  return ChannelEvent::failed;
}

}  // namespace weft::load
