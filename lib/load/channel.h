// One HTTP/1.1 connection: it connects, sends the request and reads the answer, and never waits.
// It knows nothing of time, schedules or statistics; the worker asks it to act and is told what
// happened. Another protocol is another class with these operations.
//
//   Channel::Event event = channel.open(wire, index);     // nothing, connected or failed
//   event = channel.send(wire);                           // nothing or failed
//   event = channel.on_ready(wire, epoll_events);         // any
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "lib/load/errors.h"
#include "lib/net/connect.h"
#include "lib/net/http1_response.h"

namespace weft::load {

// What the channels of one worker share.
struct Wire {
  int epoll = -1;
  std::span<const net::Address> addresses;
  std::string_view request;
  bool to_head = false;
  bool keepalive = true;
  net::Http1HeaderCache headers;
  std::vector<char> buffer = std::vector<char>(64 * 1024);
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
};

class Channel {
 public:
  enum class Event {
    nothing,
    connected,
    answered,  // answer() is complete; can_reuse() says whether the connection is of further use
    closed,    // by the peer, while nothing was asked
    failed     // failure() says how
  };

  // Starts to connect; falls back to the other addresses where one does not accept. Epoll events
  // of this connection carry tag(index).
  Event open(Wire& wire, std::uint32_t index);
  Event send(Wire& wire);
  Event on_ready(Wire& wire, std::uint32_t events);
  void close();

  // Events of a connection that has been closed since may still be in the queue: their tag differs.
  std::uint64_t tag(std::uint32_t index) const { return std::uint64_t{generation_} << 32 | index; }
  const net::Http1Response& answer() const { return answer_; }
  const Failure& failure() const { return failure_; }
  bool can_reuse(const Wire& wire) const;

 private:
  Event dial(Wire& wire);
  Event on_connecting(Wire& wire, std::uint32_t events);
  Event receive(Wire& wire, bool until_drained);
  Event receive_unasked(Wire& wire);
  Event after_send_error(Wire& wire, int error_number);
  Event fail(Failure failure);
  bool watch(const Wire& wire, int operation, std::uint32_t events) const;

  net::Fd fd_;
  std::uint32_t generation_ = 0;
  std::uint32_t index_ = 0;
  std::uint16_t address_ = UINT16_MAX;  // in wire.addresses; the last that accepted is kept
  std::uint16_t tried_ = 0;             // addresses since open()
  bool connecting_ = false;
  bool asked_ = false;  // a request is on its way
  std::size_t sent_ = 0;
  net::Http1Response answer_;
  Failure failure_;
};

}  // namespace weft::load
