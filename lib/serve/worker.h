// One thread of the service: event loop, listening sockets, connections, counters.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/net/fd.h"
#include "lib/net/http1_request.h"
#include "lib/net/loop.h"
#include "lib/serve/connection.h"
#include "lib/serve/metrics.h"
#include "lib/serve/port.h"
#include "lib/serve/random.h"
#include "lib/serve/shared.h"
#include "lib/serve/udp_echo.h"

namespace weft::serve {

class Worker final {
 public:
  static base::Result<std::unique_ptr<Worker>> create(Shared& shared,
                                                      std::vector<Listener> listeners,
                                                      std::uint64_t seed);
  ~Worker();

  void run();      // in the worker's thread, until drained
  void drain();    // from any thread
  void abandon();  // from any thread: run() returns soon, whatever is in flight

  const Metrics& metrics() const { return metrics_; }
  bool cut_off() const { return cut_off_; }  // after run(): the drain limit ended something

  // For connections, in the worker's thread.
  Shared& shared() { return shared_; }
  net::Loop& loop() { return *loop_; }
  Metrics& metrics() { return metrics_; }
  std::array<char, 64 << 10>& receive_buffer() { return receive_buffer_; }
  net::RequestHead& head() { return head_; }
  Random& random() { return random_; }
  std::string_view date() { return date_; }
  // The whole answer to a plain "GET /", with the current date; empty when faults of the
  // service make every answer different.
  std::string_view root_answer() const { return root_answer_; }
  bool draining() const { return draining_; }
  void retire(Client& client);  // destroyed after this round of events
  // The client of `connection` speaks HTTP/2, and has sent `received`.
  void switch_to_http2(Connection& connection, std::string_view received);
  // It has become a WebSocket, see websocket_connection.h.
  void switch_to_websocket(Connection& connection, std::string lines, std::string_view received);

 private:
  class Acceptor;

  Worker(Shared& shared, std::unique_ptr<net::Loop> loop, std::uint64_t seed);

  base::Result<void> listen(Listener listener);
  bool accept_one(Acceptor& acceptor);
  template <typename Next, typename... Arguments>
  void switch_to(Connection& connection, std::string_view received, Arguments&&... arguments);
  std::unique_ptr<Client> make_client(net::Stream stream, const Port& port);
  void pause_accepting(Acceptor& acceptor);
  void begin_drain();
  void cut_connections();
  void update_date();

  Shared& shared_;
  std::unique_ptr<net::Loop> loop_;
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  std::vector<std::unique_ptr<UdpEcho>> datagrams_;
  Metrics metrics_;
  std::array<char, 64 << 10> receive_buffer_;
  net::RequestHead head_;
  Random random_;
  net::Timer accept_again_;
  net::Timer drain_limit_;
  std::vector<std::unique_ptr<Client>> connections_;  // by descriptor
  std::vector<std::unique_ptr<Client>> retired_;
  std::size_t open_ = 0;
  std::string date_;
  std::string root_answer_;
  base::MonoTime date_until_;
  bool draining_ = false;
  bool abandoned_ = false;
  bool cut_off_ = false;
};

}  // namespace weft::serve
