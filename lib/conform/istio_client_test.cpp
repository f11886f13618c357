// The lines that the client of Istio's echo prints, against our own stand-in of its server.
#include "lib/conform/istio_client.h"

#include <catch2/catch.hpp>
#include <string>

#include "lib/base/text.h"
#include "lib/pki/issue.h"
#include "lib/serve/service.h"
#include "lib/testkit/tcp_server.h"

using namespace std::chrono_literals;
using Catch::Contains;
using weft::conform::call_as_istio;
using weft::conform::IstioCall;
using weft::serve::Protocol;

namespace {

const weft::base::StopFlag never;

std::unique_ptr<weft::serve::Service> server() {
  weft::serve::ServiceOptions options;
  options.dialect = weft::serve::Dialect::istio;
  options.host = "127.0.0.1";
  options.identity.hostname = "host-1";
  options.identity.version = "v1";
  options.ports = {{}, {.protocol = Protocol::tcp}, {.protocol = Protocol::udp}};
  return *weft::serve::Service::start(options);
}

// Without what differs from run to run.
std::string stable(std::string_view output) {
  std::string out;
  for (const std::string_view line : weft::base::split(output, '\n')) {
    const bool varies = line.find("Latency=") != line.npos || line.find(":Date:") != line.npos ||
                        line.find("ResponseHeader=Date:") != line.npos || line.empty();
    if (!varies) out += std::string(line) + "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("a request of HTTP is told as Istio's client tells it") {
  const auto service = server();
  const std::string port = std::to_string(service->port());
  const std::string url = "127.0.0.1:" + port + "/a?headers=x-b:1";
  const auto outputs =
      call_as_istio({.url = url, .headers = {{"Host", "echo.example"}, {"x-one", "1"}}}, never);
  REQUIRE(outputs.ok());
  REQUIRE(outputs->size() == 1);
  const std::string text = stable(outputs->front());
  CHECK_THAT(text, Catch::StartsWith("[0] Url=http://" + url +
                                     "\n[0] Header=x-one:1\n[0] SourceIP=127.0.0.1\n"
                                     "[0] ActiveRequests=1\n[0] StatusCode=200\n"
                                     "[0] ResponseHeader=Content-Length:"));
  CHECK_THAT(text, Contains("[0] ResponseHeader=X-B:1\n[0 body] ServiceVersion=v1\n[0 body] "
                            "ServicePort=" +
                            port + "\n[0 body] Host=echo.example\n"));
  CHECK_THAT(text, Contains("[0 body] RequestHeader=X-One:1\n"));
  CHECK_THAT(text, Catch::EndsWith("[0 body] Hostname=host-1\n"));
}

TEST_CASE("HTTP/2, gRPC, TCP and UDP are told, too") {
  const auto service = server();
  const auto at = [&](std::string_view scheme, std::size_t port) {
    return std::string(scheme) + "://127.0.0.1:" + std::to_string(service->ports()[port].number);
  };
  const auto http2 = call_as_istio({.url = at("http", 0), .count = 3, .http2 = true}, never);
  REQUIRE(http2.ok());
  CHECK_THAT(http2->at(2), Contains("[2 body] Proto=HTTP/2.0\n"));
  const auto grpc = call_as_istio({.url = at("grpc", 0), .message = "hi"}, never);
  REQUIRE(grpc.ok());
  CHECK_THAT(stable(grpc->at(0)), Catch::StartsWith("[0] ActiveRequests=1\n[0 body] Host="));
  CHECK_THAT(grpc->at(0), Contains("[0 body] Echo=hi\n"));
  const auto tcp = call_as_istio({.url = at("tcp", 1)}, never);
  REQUIRE(tcp.ok());
  CHECK_THAT(tcp->at(0), Catch::StartsWith("[0] SourceIP=127.0.0.1\n[0] Url=" + at("tcp", 1) +
                                           "\n[0] Echo=HelloWorld\n[0 body] StatusCode=200\n"));
  CHECK_THAT(tcp->at(0), Catch::EndsWith("[0 body] HelloWorld\n"));
  const auto udp = call_as_istio({.url = at("udp", 2)}, never);
  REQUIRE(udp.ok());
  CHECK_THAT(udp->at(0), Contains("[0 body] StatusCode=200\n"));
}

TEST_CASE("requests in parallel keep their order, and one that fails fails all") {
  const auto service = server();
  const std::string url = service->url() + "/";
  const auto outputs = call_as_istio({.url = url, .count = 50}, never);
  REQUIRE(outputs.ok());
  for (std::size_t i = 0; i < 50; ++i)
    CHECK_THAT(outputs->at(i), Catch::StartsWith("[" + std::to_string(i) + "] Url="));
  const auto refused = call_as_istio(
      {.url = "http://127.0.0.1:" + std::to_string(weft::testkit::refusing_port()), .count = 2},
      never);
  REQUIRE_FALSE(refused.ok());
  CHECK_THAT(refused.error().message,
             Catch::StartsWith("2/2 requests had errors; first error: refused"));
  CHECK_FALSE(call_as_istio({.url = url, .count = 0}, never).ok());
}

TEST_CASE("a message over a WebSocket is told") {
  const auto service = server();
  const std::string authority = "127.0.0.1:" + std::to_string(service->port());
  const auto outputs = call_as_istio({.url = "ws://" + authority + "/w",
                                      .headers = {{"Host", "echo.example"}, {"x-one", "1"}},
                                      .message = "hi"},
                                     never);
  REQUIRE(outputs.ok());
  const std::string text = stable(outputs->front());
  CHECK_THAT(text, Catch::StartsWith("[0] Url=ws://" + authority +
                                     "/w\n[0] Host=Host\n[0] Header=x-one:1\n[0] Echo=hi\n"
                                     "[0] ActiveRequests=1\n[0 body] ServiceVersion=v1\n"));
  CHECK_THAT(text, Contains("[0 body] Host=echo.example\n[0 body] URL=/w\n"));
  CHECK_THAT(text, Contains("[0 body] RequestHeader=Testwebsocket:enabled\n"));
  CHECK_THAT(text, Catch::EndsWith("[0 body] Hostname=host-1\n[0 body] hiStatusCode=200\n"));
}

TEST_CASE("redirects are followed where that is asked for") {
  const auto service = server();
  const std::string url =
      "http://127.0.0.1:" + std::to_string(service->port()) + "/a/b?codes=302&headers=Location:/c";
  CHECK_THAT(call_as_istio({.url = url}, never)->front(), Contains("StatusCode=302\n"));
  const auto followed = call_as_istio({.url = url, .follow_redirects = true}, never);
  CHECK_THAT(followed->front(), Contains("StatusCode=200\n"));
  CHECK_THAT(followed->front(), Contains("[0 body] URL=/c\n"));
}

TEST_CASE("a handshake of TLS and a name are told") {
  const auto made = weft::pki::issue_leaf(
      {"echo",
       std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now()), 1},
      std::vector<std::string>{"localhost"});
  REQUIRE(made.ok());
  weft::serve::ServiceOptions options;
  options.host = "127.0.0.1";
  options.dialect = weft::serve::Dialect::istio;
  options.ports = {{.tls = weft::net::TlsServerOptions{.identity = {made->certificate, made->key}}},
                   {.protocol = Protocol::tcp, .server_first = true}};
  const auto service = *weft::serve::Service::start(options);
  IstioCall call{.url = "tls://localhost:" + std::to_string(service->port())};
  call.tls.protocols = {"http/1.0"};
  call.tls.server_name = "other.example";
  const auto tls = call_as_istio(call, never);
  REQUIRE(tls.ok());
  CHECK_THAT(stable(tls->front()), Contains("\n[0] Cipher=TLS_"));
  CHECK_THAT(tls->front(), Contains("\n[0] Version=1.3\n[0] ServerName=other.example\n"
                                    "[0] Alpn=http/1.0\n[0 body] Response0=\"-----BEGIN "
                                    "CERTIFICATE-----\\n"));
  call.tls.verify = true;
  call.tls.ca = made->certificate;
  CHECK_FALSE(call_as_istio(call, never).ok());
  const std::string first = "tcp://127.0.0.1:" + std::to_string(service->ports()[1].number);
  CHECK_THAT(call_as_istio({.url = first, .server_first = true}, never)->front(),
             Contains("[0 body] StatusCode=200\n"));
  CHECK_THAT(call_as_istio({.url = "dns://localhost?query=A"}, never)->front(),
             Catch::EndsWith("\n[0] Hostname=localhost\n[0] Protocol=\n[0] Query=A\n"
                             "[0] DnsServer=\n[0 body] Response0=127.0.0.1\n"));
  CHECK_FALSE(call_as_istio({.url = "foo://a:1"}, never).ok());
}

TEST_CASE("durations look as in Go") {
  using weft::conform::go_duration_text;
  CHECK(go_duration_text(0ns) == "0s");
  CHECK(go_duration_text(1234567ns) == "1.234567ms");
  CHECK(go_duration_text(1500ns) == "1.5\xc2\xb5s");
  CHECK(go_duration_text(2s) == "2s");
  CHECK(go_duration_text(3723s + 500ms) == "1h2m3.5s");
}
