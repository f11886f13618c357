#include "lib/serve/service.h"

#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "lib/serve/test_client.h"

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using Catch::Contains;
using weft::serve::connect_to;
using weft::serve::exchange;
using weft::serve::receive_all;
using weft::serve::send_text;
using weft::serve::Service;
using weft::serve::ServiceOptions;

namespace {

std::unique_ptr<Service> start(ServiceOptions options = {}) {
  options.host = "127.0.0.1";
  auto service = Service::start(std::move(options));
  REQUIRE(service.ok());
  return std::move(service).value();
}

std::string get(const Service& service, std::string_view target, std::string_view fields = "") {
  return exchange(service.port(), "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" +
                                      std::string(fields) + "\r\n");
}

int count(std::string_view text, std::string_view part) {
  int found = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

std::string body(std::string_view answer) {
  return std::string(answer.substr(answer.find("\r\n\r\n") + 4));
}

}  // namespace

TEST_CASE("the root answers a short text") {
  const auto service = start();
  const auto answer = get(*service, "/");
  CHECK_THAT(answer, Catch::StartsWith("HTTP/1.1 200 OK\r\n"));
  CHECK(body(answer) == "ok\n");
}

TEST_CASE("a service started without a host answers on IPv4 too") {
  auto service = Service::start({});
  REQUIRE(service.ok());
  CHECK_THAT(get(**service, "/echo"), Contains("\"peer\":\"127.0.0.1:"));
}

TEST_CASE("several threads share one port") {
  ServiceOptions options;
  options.threads = 3;
  const auto service = start(options);
  for (int i = 0; i < 20; ++i) CHECK(body(get(*service, "/")) == "ok\n");
  CHECK_THAT(get(*service, "/metrics"),
             Contains("weft_requests_total{path=\"/\",code=\"200\"} 20\n"));
  CHECK_THAT(exchange(service->port(),
                      "GET /metrics HTTP/1.1\r\nHost: a\r\n"
                      "Accept: application/json\r\n\r\n"),
             Contains("\r\nContent-Type: application/json\r\n") &&
                 Contains("{\"path\":\"/\",\"code\":200,\"count\":20}"));
}

TEST_CASE("echo tells what arrived") {
  ServiceOptions options;
  options.identity.pod = "pod-7";
  const auto service = start(options);
  const auto answer = exchange(
      service->port(),
      "POST /echo/a%20b?x=1 HTTP/1.1\r\nHost: a.example\r\nX-Two: 1\r\nx-two: 2\r\nX-Bad: "
      "\xff\"\r\n"
      "x-weft-nonce: n1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  CHECK_THAT(answer, Contains(R"("path":"/echo/a b","raw_path":"/echo/a%20b","query":"x=1")"));
  CHECK_THAT(answer, Contains(R"("x-bad":["\u00ff\""])"));
  CHECK_THAT(answer, Contains(R"("x-two":["1","2"])"));
  CHECK_THAT(answer, Contains(R"("body_length":5)"));
  CHECK_THAT(answer, Contains(R"("pod":"pod-7","nonce":"n1","seq":1)"));
  CHECK_THAT(answer, Contains("x-weft-nonce: n1\r\n"));
}

TEST_CASE("requests sent ahead are answered in order") {
  const auto service = start();
  const auto answer = exchange(
      service->port(),
      "GET / HTTP/1.1\r\nHost: a\r\n\r\nPOST /?delay=5ms&status=404 HTTP/1.1\r\nHost: a\r\n"
      "Content-Length: 3\r\n\r\nabc"
      "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\n");
  const auto first = answer.find("200 OK");
  const auto second = answer.find("404 Not Found");
  const auto third = answer.find("200 OK", second);
  CHECK(first < second);
  CHECK(third != std::string::npos);
  CHECK_THAT(answer, Catch::EndsWith("\r\nConnection: close\r\n\r\nok\n"));
}

TEST_CASE("a client far ahead of its reading still gets every answer") {
  const auto service = start();
  std::string requests;
  for (int i = 0; i < 3000; ++i) requests += "GET /?size=1000 HTTP/1.1\r\nHost: a\r\n\r\n";
  const auto socket = connect_to(service->port());
  std::thread writer([&] {
    send_text(socket, requests);
    ::shutdown(socket.get(), SHUT_WR);
  });
  std::this_thread::sleep_for(20ms);
  CHECK(count(receive_all(socket), "HTTP/1.1 200 OK\r\n") == 3000);
  writer.join();
}

TEST_CASE("a delay holds although the client did not read what came before") {
  const auto service = start();
  std::string requests;
  for (int i = 0; i < 6; ++i) requests += "GET /?size=4MB HTTP/1.1\r\nHost: a\r\n\r\n";
  requests += "GET /?delay=1ms HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  const auto socket = connect_to(service->port());
  send_text(socket, requests);
  std::this_thread::sleep_for(20ms);
  CHECK(count(receive_all(socket), "HTTP/1.1 200 OK\r\n") == 7);
}

TEST_CASE("a request is understood wherever its bytes are split") {
  const auto service = start();
  const std::string text =
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  const auto socket = connect_to(service->port());
  for (std::size_t i = 1; i < text.size(); ++i) {
    send_text(socket, text.substr(0, i));
    std::this_thread::yield();
    send_text(socket, text.substr(i));
  }
  ::shutdown(socket.get(), SHUT_WR);
  CHECK(count(receive_all(socket), "\"body_length\":3") == static_cast<int>(text.size()) - 1);
}

TEST_CASE("HTTP/1.0 clients are answered and left") {
  const auto service = start();
  CHECK_THAT(exchange(service->port(), "GET / HTTP/1.0\r\n\r\n"),
             Contains("Connection: close\r\n"));
  CHECK_THAT(exchange(service->port(), "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
             Contains("Connection: keep-alive\r\n"));
}

TEST_CASE("HEAD and bodiless statuses send no body") {
  const auto service = start();
  CHECK(body(exchange(service->port(), "HEAD /?size=100 HTTP/1.1\r\nHost: a\r\n\r\n")).empty());
  const auto none = get(*service, "/status/204");
  CHECK(body(none).empty());
  CHECK_THAT(none, !Contains("Content-Length"));
}

TEST_CASE("a client that waits for 100 Continue is told to go on") {
  const auto service = start();
  const auto socket = connect_to(service->port());
  send_text(socket,
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  char buffer[64];
  const auto size = ::recv(socket.get(), buffer, sizeof buffer, 0);
  CHECK(std::string(buffer, static_cast<std::size_t>(std::max<ssize_t>(size, 0))) ==
        "HTTP/1.1 100 Continue\r\n\r\n");
  send_text(socket, "abc");
  ::shutdown(socket.get(), SHUT_WR);
  CHECK_THAT(receive_all(socket), Contains("\"body_length\":3"));
}

TEST_CASE("hostile requests are refused and the connection closed") {
  ServiceOptions options;
  options.limits.body_bytes = 100;
  const auto service = start(options);
  const auto refusal = [&](std::string_view text) {
    const auto socket = connect_to(service->port());
    send_text(socket, text);
    return receive_all(socket);  // the service closes
  };
  CHECK_THAT(refusal("\x16\x03\x01\x02"), Contains("400 Bad Request") && Contains("not TLS"));
  const auto data_at_once = "\x00\x00\x01\x00\x00\x00\x00\x00\x01x"sv;  // before the settings
  CHECK_THAT(refusal("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + std::string(data_at_once)),
             !Contains("<timeout>"));
  CHECK_THAT(refusal("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x')), Contains("431 "));
  CHECK_THAT(refusal("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: "
                     "chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"),
             Contains("400 ") && !Contains("404 "));
  CHECK_THAT(refusal("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n"),
             Contains("413 "));
  CHECK_THAT(refusal("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"),
             Contains("400 "));
  CHECK_THAT(refusal("GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n"sv), Contains("400 "));
  CHECK_THAT(get(*service, "/metrics"), Contains("weft_requests_malformed_total 7\n"));
}

TEST_CASE("slow clients are cut off") {
  ServiceOptions options;
  options.limits.head_timeout = 30ms;
  options.limits.body_timeout = 30ms;
  options.limits.idle_timeout = 60ms;
  const auto service = start(options);
  const auto part = [&](std::string_view text) {
    const auto socket = connect_to(service->port());
    send_text(socket, text);
    return receive_all(socket);
  };
  CHECK(part("").empty());
  CHECK_THAT(part("GET / HTTP/1.1\r\nHo"), Contains("408 "));
  CHECK_THAT(part("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na"), Contains("408 "));
}

TEST_CASE("connections over the limit are told so") {
  ServiceOptions options;
  options.limits.connections = 2;
  const auto service = start(options);
  const auto one = connect_to(service->port());
  const auto two = connect_to(service->port());
  CHECK_THAT(receive_all(connect_to(service->port())), Contains("503 "));
}

TEST_CASE("hundreds of connections are served at once") {
  const auto service = start();
  std::vector<weft::net::Fd> sockets;
  for (int i = 0; i < 400; ++i) sockets.push_back(connect_to(service->port()));
  for (const auto& socket : sockets)
    send_text(socket, "GET /?delay=1ms HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  for (const auto& socket : sockets) CHECK(body(receive_all(socket)) == "ok\n");
}

TEST_CASE("faults shape the answer") {
  const auto service = start();
  CHECK(body(get(*service, "/echo?size=100000")).size() == 100'000);
  CHECK_THAT(get(*service, "/", "x-weft-fault: status=503\r\n"),
             Contains("503 Service Unavailable"));
  CHECK(body(get(*service, "/?size=2000&slow-body=100KB/s&delay=1ms..2ms")).size() == 2000);
  CHECK(get(*service, "/?abort=eof").empty());
  CHECK(receive_all([&] {
          auto socket = connect_to(service->port());
          send_text(socket, "GET /?abort=reset HTTP/1.1\r\nHost: a\r\n\r\n");
          return socket;
        }()) == "<reset>");
  const auto half = get(*service, "/?abort=half-close&size=1000");
  CHECK_THAT(half, Contains("Content-Length: 1000\r\n"));
  CHECK(body(half).size() == 500);
  CHECK_THAT(get(*service, "/?delay=soon"),
             Contains("400 Bad Request") && Contains(R"("parameter":"delay")"));
}

TEST_CASE("trailers follow the last chunk of an answer") {
  const auto service = start();
  const auto answer = get(*service, "/?trailers&size=70000");
  CHECK_THAT(answer, Contains("\r\nTransfer-Encoding: chunked\r\nTrailer: x-weft-trailer\r\n"));
  CHECK_THAT(answer, !Contains("Content-Length"));
  CHECK_THAT(body(answer), Catch::StartsWith("10000\r\nthe quick") && Contains("\r\n1170\r\n") &&
                               Catch::EndsWith("\r\n0\r\nx-weft-trailer: kept\r\n\r\n"));
  CHECK_THAT(get(*service, "/?trailers&status=204"), !Contains("railer"));
  CHECK_THAT(body(get(*service, "/?trailers&abort=half-close&size=10")),
             Catch::StartsWith("5\r\n") && !Contains("trailer"));
  const auto old = weft::serve::exchange(service->port(), "GET /?trailers HTTP/1.0\r\n\r\n");
  CHECK_THAT(old, Contains("Content-Length: 3\r\n") && Catch::EndsWith("\r\n\r\nok\n"));
}

TEST_CASE("a sequence of statuses goes by nonce") {
  const auto service = start();
  const auto status = [&](std::string_view nonce) {
    return get(*service, "/?status-sequence=503,502,200",
               "x-weft-nonce: " + std::string(nonce) + "\r\n")
        .substr(9, 3);
  };
  CHECK(status("a") == "503");
  CHECK(status("b") == "503");
  CHECK(status("a") == "502");
  CHECK(status("a") == "200");
  CHECK(status("a") == "200");
  CHECK_THAT(get(*service, "/?status-sequence=503"), Contains("give a nonce"));
}

TEST_CASE("faults of the service strike every answer but health and metrics") {
  ServiceOptions options;
  options.faults = "status=503; size=5";
  const auto service = start(options);
  CHECK_THAT(get(*service, "/"), Contains("503 ") && Catch::EndsWith("\r\n\r\nthe q"));
  CHECK_THAT(get(*service, "/?status=200"), Contains("200 OK"));
  CHECK_THAT(get(*service, "/health"), Contains("200 OK"));
  options.faults = "status=1";
  const auto refused = Service::start(options);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == weft::base::ExitCode::usage);
}

// Polls the metrics until that many requests are in flight; false after some seconds.
bool in_flight_becomes(const Service& service, std::string_view number) {
  const std::string line = "weft_requests_in_flight " + std::string(number) + "\n";
  for (int tries = 0; tries < 5000; ++tries) {
    if (count(get(service, "/metrics"), line) > 0) return true;
    std::this_thread::sleep_for(1ms);
  }
  return false;
}

TEST_CASE("a request hangs until its client goes") {
  const auto service = start();
  {
    const auto socket = connect_to(service->port());
    send_text(socket, "GET /?hang HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(in_flight_becomes(*service, "1"));
  }
  CHECK(in_flight_becomes(*service, "0"));
}

TEST_CASE("a drained service finishes what is in flight and refuses new connections") {
  const auto service = start();
  const auto idle = connect_to(service->port());
  const auto busy = connect_to(service->port());
  send_text(busy, "GET /?delay=50ms HTTP/1.1\r\nHost: a\r\n\r\n");
  // Whether the request has been read when the drain begins must make no difference.
  if (GENERATE(false, true)) CHECK(in_flight_becomes(*service, "1"));
  service->stop();
  service->join();
  CHECK(receive_all(idle).empty());
  const auto answer = receive_all(busy);
  CHECK(body(answer) == "ok\n");
  CHECK_THAT(answer, Contains("Connection: close\r\n"));
  CHECK_FALSE(connect_to(service->port()));
  CHECK(service->drained_in_time());
}

TEST_CASE("draining ends by force when its time is over") {
  ServiceOptions options;
  options.drain_limit = 20ms;
  const auto service = start(options);
  const auto busy = connect_to(service->port());
  send_text(busy, "GET /?delay=10m HTTP/1.1\r\nHost: a\r\n\r\n");
  service->stop();
  service->join();
  CHECK_FALSE(service->drained_in_time());
  CHECK(receive_all(busy) == "<reset>");
}

TEST_CASE("a service can be listened to on a unix socket") {
  ServiceOptions options;
  options.unix_socket = "/tmp/weft-serve-test-" + std::to_string(::getpid());
  const auto service = start(options);
  CHECK(service->port() == 0);
  CHECK(service->url() == "unix:" + options.unix_socket);
  CHECK_FALSE(Service::start(options).ok());  // taken
}
