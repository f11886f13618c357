// TCP and UDP echo, with servers that echo, and that do not.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>

#include "lib/load/echo_channel.h"
#include "lib/load/engine_test.h"
#include "lib/net/fd.h"

namespace weft::load {
namespace {

using namespace testing;

// Answers each datagram as `answer` says, until it goes out of scope.
class UdpServer {
 public:
  using Script = std::function<void(const std::string&, const std::function<void(std::string)>&)>;

  explicit UdpServer(Script answer)
      : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)), answer_(std::move(answer)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(socket_.get(), any, size) == 0);
    REQUIRE(::getsockname(socket_.get(), any, &size) == 0);
    port_ = ntohs(address.sin_port);
    const timeval patience{0, 20'000};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    thread_ = std::thread([this] { serve(); });
  }
  ~UdpServer() {
    stop_ = true;
    thread_.join();
  }
  std::uint16_t port() const { return port_; }

 private:
  void serve() {
    char buffer[2048];
    while (!stop_) {
      sockaddr_storage peer{};
      socklen_t size = sizeof peer;
      auto* from = reinterpret_cast<sockaddr*>(&peer);
      const ssize_t n = ::recvfrom(socket_.get(), buffer, sizeof buffer, 0, from, &size);
      if (n < 0) continue;
      answer_(std::string(buffer, static_cast<std::size_t>(n)), [&](const std::string& text) {
        ::sendto(socket_.get(), text.data(), text.size(), 0, from, size);
      });
    }
  }

  net::Fd socket_;
  Script answer_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

Plan echo_plan(std::uint16_t port, Protocol protocol) {
  Plan plan = plan_for(port);
  plan.protocol = protocol;
  plan.target.url.scheme = protocol == Protocol::tcp ? "tcp" : "udp";
  plan.requests = 100;
  plan.timeout = 2s;
  return plan;
}

Outcome run_echo(const Plan& plan) {
  Outcome outcome = testing::run(plan);
  check_that_counts_add_up(outcome);
  return outcome;
}

TEST_CASE("what comes back over TCP is what was sent, however it is cut") {
  const TcpServer server([](Peer& peer) {
    for (std::string bytes = peer.read_some(); !bytes.empty(); bytes = peer.read_some()) {
      peer.send(bytes.substr(0, bytes.size() / 2));
      peer.send(bytes.substr(bytes.size() / 2));
    }
  });
  Plan plan = echo_plan(server.port(), Protocol::tcp);
  Outcome outcome = run_echo(plan);
  CHECK(outcome.completed == 100);
  CHECK(outcome.bytes_sent == 100 * kEchoPayload.size());
  CHECK(outcome.bytes_received == outcome.bytes_sent);
  CHECK(outcome.connect_time.count() == 4);
  plan.target.body.assign(1'000'000, 'x');
  plan.requests = 8;
  plan.timeout = 5s;
  outcome = run_echo(plan);
  CHECK(outcome.completed == 8);
  CHECK(outcome.bytes_received == 8'000'000);
}

TEST_CASE("a TCP peer that changes, cuts off or refuses an echo is named") {
  const auto first_error = [](const TcpServer::Script& script, ErrorClass error) {
    const TcpServer server(script);
    Plan plan = echo_plan(server.port(), Protocol::tcp);
    plan.requests = 10;
    const Outcome outcome = run_echo(plan);
    CHECK(errors(outcome, error) == 10);
    return outcome.first_error;
  };
  CHECK(first_error(
            [](Peer& peer) {
              std::string bytes = peer.read_some();
              bytes.back() = '!';
              peer.send(bytes);
              peer.wait_until_closed();
            },
            ErrorClass::protocol) == "what came back is not what was sent");
  first_error(
      [](Peer& peer) {
        peer.send(peer.read_some() + "more");
        peer.wait_until_closed();
      },
      ErrorClass::protocol);
  first_error(
      [](Peer& peer) {
        peer.send(peer.read_some().substr(0, 5));
        peer.close();
      },
      ErrorClass::short_body);
  first_error([](Peer& peer) { peer.reset(); }, ErrorClass::reset);
}

TEST_CASE("a datagram that is lost is a time-out, one that comes twice counts once") {
  int seen = 0;
  const UdpServer server([&](const std::string& text, const auto& send) {
    if (++seen % 10 == 0) return;
    send(text);
    send(text);
  });
  Plan plan = echo_plan(server.port(), Protocol::udp);
  plan.requests = 40;
  plan.timeout = 500ms;
  const Outcome outcome = run_echo(plan);
  CHECK(errors(outcome, ErrorClass::timeout) == 4);
  CHECK(outcome.completed == 36);
}

TEST_CASE("a datagram that is not the one that was sent is not its echo") {
  const UdpServer server([](const std::string&, const auto& send) { send("something else"); });
  Plan plan = echo_plan(server.port(), Protocol::udp);
  plan.requests = 8;
  plan.timeout = 200ms;
  plan.duration = 5s;
  plan.qps = 1000;
  const base::StopFlag stop;
  CHECK_FALSE(load::run(plan, nullptr, stop).ok());  // none was answered
}

TEST_CASE("a closed port is told over UDP as well") {
  Plan plan = echo_plan(testkit::refusing_port(), Protocol::udp);
  plan.requests = 5;
  const Outcome outcome = run_echo(plan);
  CHECK(errors(outcome, ErrorClass::refused) == 5);
}

}  // namespace
}  // namespace weft::load
