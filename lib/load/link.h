// A connection to the target as bytes: dialled over the addresses, through a proxy and with TLS on
// it where the run asks for it. It never waits and knows no protocol above; channels speak over it.
//
//   switch (link.open(wire, index)) ...               // nothing, connected, ready or failed
//   switch (link.advance(wire, epoll_events)) ...     // until it is ready
//   link.stream().read(...)                           // as recv()
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lib/load/errors.h"
#include "lib/load/message.h"
#include "lib/net/connect.h"
#include "lib/net/http1_response.h"
#include "lib/net/stream.h"

namespace weft::load {

// Through a proxy, to be dug before TLS or a request: to where.
struct Tunnel {
  net::Proxy proxy;
  std::string host;
  std::uint16_t port = 0;
};

// What the connections of one worker share.
struct Wire {
  int epoll = -1;
  std::span<const net::Address> addresses;  // of the proxy where there is one
  std::span<const net::Address> local_addresses;
  const Tunnel* tunnel = nullptr;
  const net::TlsContext* tls = nullptr;
  net::TlsTicket ticket;
  const Message* message = nullptr;  // that the next request to be sent consists of
  bool keepalive = true;
  net::Http1HeaderCache headers;
  std::vector<char> buffer = std::vector<char>(64 * 1024);
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t resumed = 0;      // TLS sessions
  std::uint64_t retransmits = 0;  // of connections that were closed
};

class Link {
 public:
  enum class Event {
    nothing,
    connected,  // the TLS handshake has begun
    ready,
    failed  // failure() says how
  };

  explicit Link(std::uint32_t generation = 0) : generation_(generation) {}

  // Falls back to the other addresses where one does not accept. Epoll events of this connection
  // carry tag(index).
  Event open(Wire& wire, std::uint32_t index);
  Event advance(Wire& wire, std::uint32_t events);  // while it is not ready
  void close(Wire& wire);
  std::uint64_t retransmits() const;  // segments that were sent again, 0 of what is no open TCP

  // Before what an epoll event announces is read.
  void awaken() const {
    if (stream_.tls) stream_.tls->awaken();
  }
  // Whether a read of that many bytes into a larger buffer has emptied the connection.
  bool emptied_by_short_read() const { return !stream_.tls; }
  bool buffered() const { return stream_.tls && stream_.tls->buffered(); }
  // Raises the epoll event again: there is something left to read, or to write.
  bool rearm(const Wire& wire) const;

  bool ready() const { return ready_; }
  bool is_open() const { return static_cast<bool>(stream_.fd); }
  const net::Stream& stream() const { return stream_; }
  // Events of a connection that has been closed since may still be in the queue: their tag differs,
  // because the generation has gone on; another link in the same place begins with a later one.
  std::uint64_t tag(std::uint32_t index) const { return std::uint64_t{generation_} << 32 | index; }
  const Failure& failure() const { return failure_; }
  Failure failure_of(int error_number) const;  // of a read or a write

 private:
  Event dial(Wire& wire);
  Event on_connected(Wire& wire, std::uint32_t events);
  Event dig(Wire& wire, std::uint32_t events);
  Event on_passage(Wire& wire);
  Event shake_hands(Wire& wire, Event on_progress);
  Event fail(Failure failure);
  bool watch(const Wire& wire, int operation, std::uint32_t events) const;

  net::Stream stream_;
  std::unique_ptr<net::ProxyDialog> dialog_;  // while the tunnel is dug
  std::uint32_t generation_;
  std::uint32_t index_ = 0;
  std::uint16_t address_ = UINT16_MAX;  // in wire.addresses; the last that accepted is kept
  std::uint16_t tried_ = 0;             // addresses since open()
  bool ready_ = false;
  Failure failure_;
};

}  // namespace weft::load
