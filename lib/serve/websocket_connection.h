// One client connection that has become a WebSocket: its messages come back, at most as large as
// Limits::kept_body_bytes. Begins where a Connection has agreed to the upgrade.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/number.h"
#include "lib/net/stream.h"
#include "lib/net/timer.h"
#include "lib/net/websocket.h"
#include "lib/serve/client.h"

namespace weft::serve {

class Worker;

class WebSocketConnection final : public Client {
 public:
  // `lines` are for the dialect istio.
  WebSocketConnection(Worker& worker, net::Stream stream, std::string lines);
  ~WebSocketConnection() override;

  void begin(std::string_view received);  // bytes that were read before
  void ready(std::uint32_t epoll_events) override;
  void drain() override;
  void reset() override;
  int socket() const override { return stream_.fd.get(); }

 private:
  enum class State : std::uint8_t {
    open,
    parting,    // says the last it has to say, then lingers
    ending,     // the same after the client's close: there is nothing left to wait for
    lingering,  // closed for writing; reads on, so that no reset destroys what was sent
    closed
  };

  void receive();
  void take(std::string_view bytes);
  void answer(const net::WebSocketMessage& message);
  void part(std::uint16_t code, std::string_view reason);
  void flush();
  void expired();
  void watch(std::uint32_t events);
  void set_deadline(base::Nanoseconds from_now);
  void close();

  Worker& worker_;
  net::Stream stream_;
  const std::string lines_;
  net::WebSocketReader reader_;
  net::Timer timer_;  // idle, or without progress
  State state_ = State::open;
  std::uint32_t watched_;
  std::string out_;  // to send, from sent_ on
  std::size_t sent_ = 0;
};

}  // namespace weft::serve
