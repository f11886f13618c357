// A loopback server whose every byte the test decides: each connection gets a thread that runs the
// given script on it. Stops and joins everything when it goes out of scope.
//
//   testkit::TcpServer server([](testkit::Peer& peer) {
//     while (peer.read_request()) peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
//   });
//   ... connect to 127.0.0.1:server.port()
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace weft::testkit {

// The server's end of one connection.
class Peer {
 public:
  Peer(int fd, std::size_t number) : fd_(fd), number_(number) {}

  std::size_t number() const { return number_; }  // of the connection, from 0
  // The next request, head and body; empty optional-like: false at the end of the stream.
  bool read_request();
  bool read(std::size_t bytes);  // the same for so many bytes
  const std::string& request() const { return request_; }
  std::string read_some();            // what has come; empty at the end of the stream
  bool send(std::string_view bytes);  // false when the client is gone
  void end();                         // sends no more; what the client sends still arrives
  void close();                       // in order
  void reset();                       // with a TCP reset
  void wait_until_closed();           // by the client, or by the end of the test

 private:
  int fd_;
  std::size_t number_;
  std::string pending_;
  std::string request_;
};

class TcpServer {
 public:
  using Script = std::function<void(Peer&)>;

  explicit TcpServer(Script script, const std::string& unix_path = "");
  ~TcpServer();
  TcpServer(const TcpServer&) = delete;
  TcpServer& operator=(const TcpServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::size_t connections() const { return accepted_; }

 private:
  void accept_all();

  Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<std::size_t> accepted_{0};
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

// A port of 127.0.0.1 that refuses connections.
std::uint16_t refusing_port();

}  // namespace weft::testkit
