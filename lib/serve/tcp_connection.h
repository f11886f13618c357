// One client connection that carries bytes or lines instead of HTTP. What comes back depends on
// the dialect: the same bytes (weft, learn-layer5), answers to lines (echo-basic), or lines about
// the connection and then the same bytes (istio).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/number.h"
#include "lib/net/loop.h"
#include "lib/net/stream.h"
#include "lib/serve/client.h"
#include "lib/serve/port.h"

namespace weft::serve {

class Worker;

class TcpConnection final : public Client {
 public:
  TcpConnection(Worker& worker, net::Stream stream, const Port& port);
  ~TcpConnection() override;

  void joined() override;
  void ready(std::uint32_t epoll_events) override;
  void drain() override;
  void reset() override;
  int socket() const override { return stream_.fd.get(); }

 private:
  enum class State { handshake, open, ending, closed };

  void shake_hands();
  void greet();
  void receive();
  void answer(std::string_view bytes);
  void answer_lines(std::string_view bytes);
  void echo(std::string_view bytes);
  void end();
  void flush();
  void watch(std::uint32_t events);
  void set_deadline(base::Nanoseconds from_now);
  void close();

  Worker& worker_;
  const Port& port_;
  net::Stream stream_;
  net::Timer timer_;  // without any progress
  State state_ = State::open;
  bool told_ = false;  // the lines of istio are out
  std::uint32_t watched_ = 0;
  std::string line_;  // begun, not ended yet
  std::string out_;   // to send, from sent_ on
  std::size_t sent_ = 0;
};

}  // namespace weft::serve
