// Ports that speak no HTTP.
#include <catch2/catch.hpp>
#include <string>

#include "lib/net/resolve.h"
#include "lib/serve/service.h"
#include "lib/serve/test_client.h"

using namespace std::chrono_literals;
using weft::serve::connect_to;
using weft::serve::Dialect;
using weft::serve::exchange;
using weft::serve::Protocol;
using weft::serve::receive_all;
using weft::serve::send_text;
using weft::serve::Service;
using weft::serve::ServiceOptions;

namespace {

std::unique_ptr<Service> start(Dialect dialect, std::vector<weft::serve::PortOptions> ports,
                               ServiceOptions options = {}) {
  options.host = "127.0.0.1";
  options.dialect = dialect;
  options.ports = std::move(ports);
  options.identity = {.service = "s", .pod = "p", .pod_namespace = "n", .version = "v1"};
  auto service = Service::start(std::move(options));
  REQUIRE(service.ok());
  return std::move(service).value();
}

std::string datagram(std::uint16_t port, std::string_view text) {
  const weft::net::Fd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const timeval patience{20, 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const auto address = weft::net::parse_address("127.0.0.1", port);
  ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address->storage), address->size);
  ::send(fd.get(), text.data(), text.size(), 0);
  char buffer[4096];
  const auto size = ::recv(fd.get(), buffer, sizeof buffer, 0);
  return size < 0 ? "<timeout>" : std::string(buffer, static_cast<std::size_t>(size));
}

}  // namespace

TEST_CASE("a service listens on ports of several protocols") {
  const auto service =
      start(Dialect::weft, {{}, {.protocol = Protocol::tcp}, {.protocol = Protocol::udp}});
  const auto ports = service->ports();
  REQUIRE(ports.size() == 3);
  CHECK_THAT(exchange(ports[0].number, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
             Catch::StartsWith("HTTP/1.1 200 OK\r\n"));
  CHECK(exchange(ports[1].number, "some bytes") == "some bytes");
  CHECK(datagram(ports[2].number, "one") == "one");
  CHECK(ports[1].url == "tcp://127.0.0.1:" + std::to_string(ports[1].number));
}

TEST_CASE("bytes come back over TCP, however many") {
  const auto service = start(Dialect::weft, {{.protocol = Protocol::tcp}});
  std::string much;
  for (int i = 0; much.size() < 3u << 20; ++i) much += std::to_string(i);
  const auto fd = connect_to(service->port());
  std::string back;
  char buffer[65536];
  for (std::size_t sent = 0; sent < much.size();) {  // the service reads no more than we take
    const auto size = ::send(fd.get(), much.data() + sent,
                             std::min<std::size_t>(much.size() - sent, 1 << 18), MSG_DONTWAIT);
    if (size > 0) sent += static_cast<std::size_t>(size);
    const auto got = ::recv(fd.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (got > 0) back.append(buffer, static_cast<std::size_t>(got));
  }
  ::shutdown(fd.get(), SHUT_WR);
  back += receive_all(fd);
  CHECK(back == much);
}

TEST_CASE("several threads share the ports of TCP and UDP") {
  ServiceOptions options;
  options.threads = 3;
  const auto service =
      start(Dialect::weft, {{.protocol = Protocol::tcp}, {.protocol = Protocol::udp}}, options);
  for (int i = 0; i < 12; ++i) {
    CHECK(exchange(service->ports()[0].number, "x") == "x");
    CHECK(datagram(service->ports()[1].number, "y") == "y");
  }
}

TEST_CASE("echo-basic greets over TCP and answers lines") {
  const auto service =
      start(Dialect::echo_basic, {{.protocol = Protocol::tcp}, {.protocol = Protocol::udp}});
  const std::string port = std::to_string(service->port());
  CHECK(exchange(service->port(), "PING\r\nwhat\nIS_TLS\nTEST\nPING") ==
        "Gateway API Test TCP Server\nPONG\nfalse\n"
        R"({"namespace":"n","ingress":"","service":"s","pod":"p","tcpport":")" +
            port + R"(","tlsport":"8443","isTLS":false})" + "\nPONG\n");
  CHECK(datagram(service->ports()[1].number, "a<\n") ==
        R"({"request":"a\u003c\n","namespace":"n","ingress":"","service":"s","pod":"p"})");
}

TEST_CASE("istio's echo tells about the connection before it echoes") {
  const auto service = start(Dialect::istio, {{.protocol = Protocol::tcp},
                                              {.protocol = Protocol::udp},
                                              {.protocol = Protocol::tcp, .server_first = true}});
  const auto lines = [&](std::size_t at) {
    return "StatusCode=200\nNamespace=n\nServiceVersion=v1\nServicePort=" +
           std::to_string(service->ports()[at].number) + "\nIP=127.0.0.1\nProto=TCP\n";
  };
  CHECK(exchange(service->port(), "hello\n") == lines(0) + "hello\n");
  CHECK(exchange(service->port(), "") == lines(0));
  CHECK(datagram(service->ports()[1].number, "hello") == lines(1));
  CHECK(exchange(service->ports()[2].number, "hello\n") ==
        "server-first-protocol\n" + lines(2) + "hello\n");
}

TEST_CASE("connections of TCP end with the service, what has come is answered") {
  const auto service = start(Dialect::weft, {{.protocol = Protocol::tcp}});
  const auto fd = connect_to(service->port());
  send_text(fd, "abc");
  service->stop();
  service->join();
  CHECK(receive_all(fd) == "abc");
  CHECK(service->drained_in_time());
}

TEST_CASE("idle connections of TCP are closed") {
  ServiceOptions options;
  options.limits.idle_timeout = 50ms;
  const auto service = start(Dialect::weft, {{.protocol = Protocol::tcp}}, options);
  CHECK(receive_all(connect_to(service->port())) == "<reset>");
}

TEST_CASE("a line of endless length ends the connection") {
  const auto service = start(Dialect::echo_basic, {{.protocol = Protocol::tcp}});
  const auto fd = connect_to(service->port());
  send_text(fd, std::string(200'000, 'x'));
  CHECK_THAT(receive_all(fd), Catch::StartsWith("Gateway API Test TCP Server\n"));
}

TEST_CASE("UDP has no TLS") {
  ServiceOptions options;
  options.ports = {{.protocol = Protocol::udp, .tls = weft::net::TlsServerOptions{}}};
  CHECK_FALSE(Service::start(std::move(options)).ok());
}
