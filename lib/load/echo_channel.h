// Connections that send the same bytes again and again and want them back: over TCP, and over UDP
// where a lost datagram is a time-out. They have the operations of a Channel.
//
// Where the payload has a place for it, each request carries a number of its own, so that an echo
// that comes late, or twice, is not taken for that of the next request.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/load/channel.h"
#include "lib/load/link.h"
#include "lib/net/fd.h"

namespace weft::load {

// "weft-0123456789abcdef-\r\n": what is sent when nobody says what.
inline constexpr std::string_view kEchoPayload = "weft-0000000000000000-\r\n";

class EchoChannel {
 public:
  explicit EchoChannel(bool datagrams) : datagrams_(datagrams) {}

  ChannelEvent open(Wire& wire, std::uint32_t index);
  ChannelEvent send(Wire& wire, std::string_view payload);
  ChannelEvent on_ready(Wire& wire, std::uint32_t events);
  void close(Wire& wire);
  std::uint64_t retransmits() const { return link_.retransmits(); }

  std::uint64_t tag(std::uint32_t index) const;
  bool untouched() const { return received_ == 0; }
  const Failure& failure() const { return failure_; }
  bool can_reuse(const Wire& wire) const { return wire.keepalive && !asked_; }

 private:
  ChannelEvent open_datagrams(Wire& wire, std::uint32_t index);
  ChannelEvent write(Wire& wire);
  ChannelEvent read(Wire& wire);
  ChannelEvent take(std::string_view bytes);
  ChannelEvent after(Link::Event event);
  ChannelEvent fail(Failure failure);

  const bool datagrams_;
  Link link_;       // of TCP
  net::Fd socket_;  // of UDP
  std::uint32_t generation_ = 0;
  std::string payload_;
  std::uint64_t number_ = 0;  // of the request
  std::size_t sent_ = 0, received_ = 0;
  bool asked_ = false;
  Failure failure_;
};

}  // namespace weft::load
