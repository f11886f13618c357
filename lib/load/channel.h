// One HTTP/1.1 connection: it connects, sends the request and reads the answer, and never waits.
// It knows nothing of time, schedules or statistics; the worker asks it to act and is told what
// happened. Another protocol is another class with these operations.
//
//   ChannelEvent event = channel.open(wire, index);     // anything but an answer
//   event = channel.send(wire);                         // nothing or failed
//   event = channel.on_ready(wire, epoll_events);       // any
#pragma once

#include <cstdint>

#include "lib/load/link.h"
#include "lib/net/http1_response.h"

namespace weft::load {

enum class ChannelEvent {
  nothing,
  linked,     // the peer has accepted; a handshake follows
  secured,    // so is that handshake (HTTP/2)
  connected,  // the request may be sent
  joined,     // the same, over a connection that others use too (HTTP/2)
  answered,   // status() is known; can_reuse() says whether the connection is of further use
  closed,     // by the peer, while nothing was asked
  failed      // failure() says how
};

class Channel {
 public:
  // Epoll events of this connection carry tag(index).
  ChannelEvent open(Wire& wire, std::uint32_t index);
  ChannelEvent send(Wire& wire);
  ChannelEvent on_ready(Wire& wire, std::uint32_t events);
  void close(Wire& wire);
  std::uint64_t retransmits() const { return link_.retransmits(); }

  std::uint64_t tag(std::uint32_t index) const { return link_.tag(index); }
  unsigned status() const { return answer_.status(); }
  bool untouched() const { return !answer_.started(); }  // no byte of the answer has come
  const Failure& failure() const { return failure_; }
  bool can_reuse(const Wire& wire) const;

 private:
  ChannelEvent after(Link::Event event);
  ChannelEvent receive(Wire& wire, bool until_drained);
  ChannelEvent finish_answer(Wire& wire);
  ChannelEvent receive_unasked(Wire& wire);
  ChannelEvent after_send_error(Wire& wire, int error_number);
  ChannelEvent fail(Failure failure);

  Link link_;
  bool asked_ = false;                // a request is on its way
  bool ended_ = false;                // the peer sends no more
  const Message* message_ = nullptr;  // that is or was sent
  std::size_t sent_ = 0;              // of its bytes
  net::Http1Response answer_;
  Failure failure_;
};

}  // namespace weft::load
