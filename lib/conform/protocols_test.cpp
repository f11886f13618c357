// Probes in protocols other than HTTP/1.1, against our own service and against servers that mean
// no good.
#include "lib/conform/protocols.h"

#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "lib/conform/outcome.h"
#include "lib/conform/probe.h"
#include "lib/grpc/frame.h"
#include "lib/net/http2.h"
#include "lib/pki/issue.h"
#include "lib/serve/service.h"
#include "lib/testkit/tcp_server.h"

using namespace std::chrono_literals;
using weft::conform::Answer;
using weft::conform::Client;
using weft::conform::parse_probe_target;
using weft::conform::RequestSpec;
using weft::serve::Protocol;
using weft::testkit::Peer;
using weft::testkit::TcpServer;

namespace {

Answer ask(std::string url, std::chrono::milliseconds timeout = 5s, std::string body = "") {
  Client client(false);
  return client.send({.url = std::move(url), .body = std::move(body), .timeout = timeout}, "n-1");
}

std::string at(std::string_view scheme, std::uint16_t port, std::string_view path = "") {
  return std::string(scheme) + "://127.0.0.1:" + std::to_string(port) + std::string(path);
}

// How a request to a server that behaves like this ends.
std::string outcome(std::string_view scheme, TcpServer::Script script, std::string_view path = "/",
                    std::chrono::milliseconds timeout = 5s) {
  TcpServer server(std::move(script));
  return ask(at(scheme, server.port(), path), timeout).outcome;
}

// Ports of HTTP, TCP and UDP, then the first two with TLS.
std::unique_ptr<weft::serve::Service> app() {
  const auto made =
      weft::pki::issue_leaf({"app", weft::base::system_clock().wall(), 1}, {"127.0.0.1"});
  const weft::net::TlsServerOptions tls{.identity = {made->certificate, made->key}};
  weft::serve::ServiceOptions options;
  options.host = "127.0.0.1";
  options.identity.service = "app-b";
  options.ports = {{},
                   {.protocol = Protocol::tcp},
                   {.protocol = Protocol::udp},
                   {.tls = tls},
                   {.protocol = Protocol::tcp, .tls = tls},
                   {.protocol = Protocol::tcp, .server_first = true}};
  return *weft::serve::Service::start(options);
}

// Frames of HTTP/2 by hand (RFC 9113, 4.1).
std::string frame(int type, int flags, std::uint32_t stream, std::string_view payload) {
  std::string out;
  for (const int shift : {16, 8, 0}) out += static_cast<char>(payload.size() >> shift);
  out += static_cast<char>(type);
  out += static_cast<char>(flags);
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(stream >> shift);
  return out + std::string(payload);
}
const std::string kSettings = frame(4, 0, 0, "");
constexpr int kEndStream = 1, kEndHeaders = 4;
const std::string kOk = "\x88";                                       // ":status: 200"
const std::string kGrpc = kOk + "\x0f\x10\x10" + "application/grpc";  // content-type

TcpServer::Script say(std::string bytes) {
  return [bytes = std::move(bytes)](Peer& peer) {
    peer.send(bytes);
    peer.wait_until_closed();
  };
}
TcpServer::Script say_endlessly(std::string head, std::string more) {
  return [head = std::move(head), more = std::move(more)](Peer& peer) {
    if (!peer.send(head)) return;
    while (peer.send(more)) {
    }
  };
}

}  // namespace

TEST_CASE("the scheme of a URL chooses the protocol") {
  CHECK(parse_probe_target("H2C://a/x")->url.port == 80);
  CHECK(parse_probe_target("grpcs://a/s/m")->url.port == 443);
  CHECK(parse_probe_target("tcp://[::1]:9")->url.host == "::1");
  for (const char* url : {"tcp://a", "udp://[::1]", "ftp://a/", "a:80", "tcp://a:0", ""})
    CHECK_FALSE(parse_probe_target(url).ok());
}

TEST_CASE("our own service is probed in every protocol") {
  const auto service = app();
  const auto ports = service->ports();
  for (const auto& [scheme, port] : {std::pair{"h2c", 0}, std::pair{"h2", 3}}) {
    const Answer answer = ask(at(scheme, ports[port].number, "/echo?x"), 5s, "text");
    CHECK(answer.outcome == "http:200");
    CHECK_THAT(answer.body, Catch::Contains(R"("proto":"HTTP/2.0")"));
    CHECK_THAT(answer.body, Catch::Contains(R"("body_length":4)"));
    CHECK_THAT(answer.body, Catch::Contains(R"("nonce":"n-1")"));
  }
  for (const auto& [scheme, port] : {std::pair{"grpc", 0}, std::pair{"grpcs", 3}}) {
    const Answer answer = ask(at(scheme, ports[port].number, "/weft.v1.Echo/Echo"));
    CHECK(answer.outcome == "grpc:0");
    CHECK_THAT(answer.body, Catch::Contains(R"("service":"app-b")"));
    CHECK(ask(at(scheme, ports[port].number, "/no.Such/Method")).outcome == "grpc:12");
  }
  CHECK(ask(at("tcp", ports[1].number)).outcome == "ok");
  CHECK(ask(at("udp", ports[2].number)).body == "n-1");
  CHECK(ask(at("tls", ports[4].number)).outcome == "ok");
}

TEST_CASE("calls of gRPC share a connection where one is kept, and name who answered") {
  const auto service = app();
  weft::conform::ProbePlan plan;
  plan.request.url = at("grpc", service->port(), "/weft.v1.Echo/Echo");
  plan.request.connections = 1;
  plan.count = 5;
  plan.nonce = "t";
  std::string lines;
  weft::conform::run_probe(plan, weft::base::StopFlag(),
                           [&](const std::string& line) { lines += line + "\n"; });
  const auto report = weft::conform::read_report(lines);
  REQUIRE(report.ok());
  for (const auto& answer : report->answers) {
    CHECK(answer.outcome == "grpc:0");
    CHECK(answer.backend == "app-b");
  }
  const Answer metrics = ask(at("h2c", service->port(), "/metrics"));
  CHECK_THAT(metrics.body, Catch::Contains("weft_connections_accepted_total 2\n"));
}

TEST_CASE("where nobody listens, every protocol is refused") {
  for (const char* scheme : {"h2c", "h2", "grpc", "tcp", "tls", "udp"})
    CHECK(ask(at(scheme, weft::testkit::refusing_port(), "/")).outcome == "refused");
  CHECK(ask("tcp://no-such-name.invalid:1", 20s).outcome == "dns");
}

TEST_CASE("silence is a time-out in every protocol") {
  for (const char* scheme : {"h2c", "h2", "grpc", "tcp", "tls"})
    CHECK(outcome(
              scheme, [](Peer& peer) { peer.wait_until_closed(); }, "/", 100ms) == "timeout");
}

TEST_CASE("a connection that is closed or reset is told as that") {
  for (const char* scheme : {"h2c", "h2", "grpc", "tcp", "tls"}) {
    const std::string closed = outcome(scheme, [](Peer& peer) { peer.close(); });
    CHECK((closed == "eof" || closed == "reset"));  // what was sent meets a closed socket
    const std::string reset = outcome(scheme, [](Peer& peer) { peer.reset(); });
    CHECK((reset == "reset" || reset == "eof"));
  }
}

TEST_CASE("answers in another protocol are told as that") {
  const std::string http = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
  for (const char* scheme : {"h2c", "h2", "grpc", "tls"})
    CHECK(outcome(scheme, say(http)) == "protocol");
  const std::string alert("\x15\x03\x01\x00\x02\x02\x28", 7);  // handshake_failure
  CHECK(outcome("tls", say(alert)) == "tls-alert:40");
}

TEST_CASE("a server of HTTP/2 that means no good can neither hang nor flood a prober") {
  const std::string body(16'000, 'x');
  const std::string head = kSettings + frame(1, kEndHeaders, 1, kOk);
  // A header that never ends.
  CHECK(outcome("h2c", say_endlessly(kSettings + frame(1, 0, 1, kOk), frame(9, 0, 1,
                                                                            "\x40\x01"
                                                                            "a\x01"
                                                                            "b"))) == "protocol");
  // A frame that is longer than may be.
  CHECK(outcome("h2c", say(kSettings + std::string("\xff\xff\xff\x00\x00\x00\x00\x00\x01", 9))) ==
        "protocol");
  // A length that lies.
  CHECK(outcome("h2c", say(kSettings +
                           frame(1, kEndHeaders, 1,
                                 kOk + "\x0f\x0d\x01"
                                       "9") +
                           frame(0, kEndStream, 1, "x"))) == "protocol");
  // A body that goes on and on, within the window or not.
  const std::string endless = outcome("h2c", say_endlessly(head, frame(0, 0, 1, body)));
  CHECK((endless == "protocol" || endless == "reset"));
  // A body that does not come.
  CHECK(outcome("h2c", say(head), "/", 150ms) == "timeout");
  // Settings without end.
  CHECK(outcome("h2c", say_endlessly(kSettings, frame(4, 0, 0, std::string("\0\x3\0\0\0\x1", 6))),
                "/", 2s) != "http:200");
  CHECK(outcome("h2c", say(kSettings + frame(3, 0, 1, std::string("\0\0\0\x7", 4)))) == "reset");
  CHECK(outcome("h2c", [&](Peer& peer) {
          peer.send(kSettings + frame(7, 0, 0, std::string(8, '\0')));
          peer.close();
        }) != "http:200");
}

TEST_CASE("messages of gRPC that lie are told as that") {
  const auto grpc = [](std::string_view data, int flags = kEndStream) {
    return say(kSettings + frame(1, kEndHeaders, 1, kGrpc) + frame(0, flags, 1, data));
  };
  const std::string_view path = "/weft.v1.Echo/Echo";
  CHECK(outcome("grpc", grpc(std::string_view("\0\xff\xff\xff\xff", 5)), path) == "protocol");
  CHECK(outcome("grpc", grpc(std::string_view("\0\0\0\0\x9x", 6)), path) == "protocol");
  CHECK(outcome("grpc", grpc("\x7f nonsense"), path) == "protocol");
  CHECK(outcome("grpc", grpc(std::string_view("\0\0\0\0\x9x", 6), 0), path, 150ms) == "timeout");
  // Of a proxy that knows no gRPC: ":status: 404".
  CHECK(outcome("grpc", say(kSettings + frame(1, kEndHeaders | kEndStream, 1, "\x8d")), path) ==
        "http:404");
}

TEST_CASE("what does not come back over TCP ends a probe") {
  const std::string flood = outcome("tcp", say_endlessly("", std::string(65'536, 'x')));
  CHECK((flood == "protocol" || flood == "reset"));
  CHECK(outcome("tcp", say("n-"), "", 150ms) == "timeout");
  CHECK(outcome("tcp", say("hello\nn-1\n"), "") == "ok");  // others may greet first
}

TEST_CASE("denials of gRPC are denials") {
  CHECK(weft::conform::denied("grpc:7", false));
  CHECK(weft::conform::denied("grpc:16", false));
  CHECK_FALSE(weft::conform::denied("grpc:14", false));
}

TEST_CASE("a server of TCP may speak first, and a client may say all at once") {
  const auto service = app();
  const auto ports = service->ports();
  const auto send = [](RequestSpec request) {
    request.timeout = 5s;
    return weft::conform::Client(false).send(request, "n-1");
  };
  const std::string large = weft::conform::sized_text(200'000);
  const Answer greeted = send({.url = at("tcp", ports[5].number), .server_first = true});
  CHECK(greeted.outcome == "ok");
  CHECK_THAT(greeted.body, Catch::StartsWith("weft app-b\n"));
  const Answer whole = send({.url = at("tcp", ports[1].number), .body = large, .half_close = true});
  CHECK(whole.outcome == "ok");
  CHECK(whole.body_size == large.size());
  const auto outcome = [](TcpServer::Script script, RequestSpec request) {
    TcpServer server(std::move(script));
    request.url = at("tcp", server.port());
    request.timeout = 200ms;
    return weft::conform::Client(false).send(request, "n").outcome;
  };
  CHECK(outcome(say(""), {.server_first = true}) == "timeout");
  CHECK(outcome(say(std::string(9000, 'x')), {.server_first = true}) == "protocol");
  CHECK(outcome([](Peer&) {}, {.server_first = true}) == "eof");
  const std::string cut =
      outcome([](Peer& peer) { peer.send("n"); }, {.body = "nn", .half_close = true});
  CHECK((cut == "eof" || cut == "reset"));
}
