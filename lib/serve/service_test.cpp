#include "lib/serve/service.h"

#include <catch2/catch.hpp>

#include "lib/serve/test_client.h"

using weft::serve::Service;
using weft::serve::ServiceOptions;

namespace {

std::unique_ptr<Service> start(ServiceOptions options = {}) {
  options.host = "127.0.0.1";
  auto service = Service::start(std::move(options));
  REQUIRE(service.ok());
  return std::move(service).value();
}

}  // namespace

TEST_CASE("the root answers a short text") {
  const auto service = start();
  const auto answer = weft::serve::exchange(service->port(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(answer.ends_with("\r\n\r\nok\n"));
}

TEST_CASE("echo tells what arrived") {
  ServiceOptions options;
  options.identity.pod = "pod-7";
  const auto service = start(options);
  const auto answer = weft::serve::exchange(
      service->port(),
      "POST /echo/a%20b?x=1 HTTP/1.1\r\nHost: a.example\r\nX-Two: 1\r\nx-two: 2\r\n"
      "x-weft-nonce: n1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  CHECK_THAT(answer,
             Catch::Contains(R"("path":"/echo/a b","raw_path":"/echo/a%20b","query":"x=1")"));
  CHECK_THAT(answer, Catch::Contains(R"("x-two":["1","2"])"));
  CHECK_THAT(answer, Catch::Contains(R"("body_length":5)"));
  CHECK_THAT(answer, Catch::Contains(R"("pod":"pod-7","nonce":"n1","seq":1)"));
  CHECK_THAT(answer, Catch::Contains("x-weft-nonce: n1\r\n"));
}

TEST_CASE("requests sent ahead are answered in order") {
  const auto service = start();
  const auto answer = weft::serve::exchange(
      service->port(),
      "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /status/404 HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\n");
  const auto first = answer.find("200 OK");
  const auto second = answer.find("404 Not Found");
  const auto third = answer.find("200 OK", second);
  CHECK(first < second);
  CHECK(third != std::string::npos);
  CHECK(answer.ends_with("\r\nConnection: close\r\n\r\nok\n"));
}

TEST_CASE("a drained service ends by itself and refuses new connections") {
  const auto service = start();
  const auto idle = weft::serve::connect_to(service->port());
  service->stop();
  service->join();
  CHECK(weft::serve::receive_all(idle).empty());
  CHECK_FALSE(weft::serve::connect_to(service->port()));
  CHECK(service->drained_in_time());
}
