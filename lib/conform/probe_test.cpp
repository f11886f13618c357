#include "lib/conform/probe.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "lib/base/format.h"
#include "lib/conform/await_target.h"
#include "lib/conform/identity.h"
#include "lib/conform/outcome.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"
#include "lib/serve/journal.h"
#include "lib/serve/service.h"
#include "lib/testkit/tcp_server.h"
#include "lib/testkit/temp_dir.h"

using namespace std::chrono_literals;
using namespace weft::conform;
using weft::testkit::Peer;
using weft::testkit::TcpServer;

namespace {

std::string url_of(std::uint16_t port, std::string_view path = "/echo") {
  return "http://127.0.0.1:" + std::to_string(port) + std::string(path);
}

ProbePlan plan_to(std::uint16_t port, std::uint64_t count = 1) {
  ProbePlan plan;
  plan.request.url = url_of(port);
  plan.request.timeout = 5s;
  plan.count = count;
  plan.nonce = "t";
  return plan;
}

ProbeReport probe(const ProbePlan& plan) {
  std::string lines;
  run_probe(plan, weft::base::StopFlag(), [&](const std::string& line) { lines += line + "\n"; });
  auto report = read_report(lines);
  REQUIRE(report.ok());
  return *std::move(report);
}

// How a request to a server that behaves like this ends.
std::string outcome_against(TcpServer::Script script, std::chrono::milliseconds timeout = 5s) {
  TcpServer server(std::move(script));
  ProbePlan plan = plan_to(server.port());
  plan.request.timeout = timeout;
  return probe(plan).answers.at(0).outcome;
}

std::unique_ptr<weft::serve::Service> app(const std::string& name,
                                          const std::string& journal = "") {
  weft::serve::ServiceOptions options;
  options.host = "127.0.0.1";
  options.identity.service = name;
  options.journal_socket = journal;
  return *weft::serve::Service::start(options);
}

}  // namespace

TEST_CASE("every request is answered once, with who answered") {
  const auto service = app("app-b");
  ProbePlan plan = plan_to(service->port(), 40);
  plan.workers = 4;
  const auto report = probe(plan);
  REQUIRE(report.answers.size() == 40);
  CHECK(report.end.sent == 40);
  for (std::uint64_t n = 0; n < 40; ++n) {
    CHECK(report.answers[n].n == n);
    CHECK(report.answers[n].nonce == "t-" + std::to_string(n));
    CHECK(report.answers[n].outcome == "http:200");
    CHECK(report.answers[n].backend == "app-b");
  }
}

TEST_CASE("what the application received is told where details are asked for") {
  const auto service = app("app-b");
  ProbePlan plan = plan_to(service->port());
  plan.request.url = url_of(service->port(), "/echo/a%20b?x=1");
  plan.request.method = "POST";
  plan.request.body = "hello";
  plan.request.headers = {{"x-one", "1"}};
  plan.detail = true;
  const auto answer = probe(plan).answers.at(0);
  REQUIRE(answer.seen);
  CHECK(answer.seen->method == "POST");
  CHECK(answer.seen->path == "/echo/a%20b");
  CHECK(std::ranges::count(answer.seen->headers,
                           std::pair<std::string, std::string>{"x-one", "1"}) == 1);
  CHECK_FALSE(answer.headers.empty());
}

TEST_CASE("kept connections are used in turn") {
  std::atomic<int> accepted = 0;
  TcpServer server([&](Peer& peer) {
    ++accepted;
    while (peer.read_request()) peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  ProbePlan plan = plan_to(server.port(), 12);
  plan.request.connections = 3;
  const auto report = probe(plan);
  CHECK(accepted == 3);
  CHECK(report.answers.at(0).connection == 1);
  CHECK(report.answers.at(4).connection == 2);
}

TEST_CASE("the way a connection fails is the outcome") {
  CHECK(outcome_against([](Peer& peer) { peer.read_request(), peer.reset(); }) == "reset");
  CHECK(outcome_against([](Peer& peer) { peer.read_request(), peer.close(); }) == "eof");
  CHECK(outcome_against([](Peer& peer) {
          peer.read_request();
          peer.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        }) == "http:403");
  CHECK(outcome_against([](Peer& peer) { peer.wait_until_closed(); }, 100ms) == "timeout");
  ProbePlan plan = plan_to(weft::testkit::refusing_port());
  CHECK(probe(plan).answers.at(0).outcome == "refused");
  plan.request.url = "http://no-such-name.invalid:9091/";
  plan.request.timeout = 20s;
  CHECK(probe(plan).answers.at(0).outcome == "dns");
}

TEST_CASE("a hostile server cannot hang, flood or fool a prober") {
  const auto endless = [](std::string head, std::string more) {
    return [head = std::move(head), more = std::move(more)](Peer& peer) {
      peer.read_request();
      if (!peer.send(head)) return;
      while (peer.send(more)) {
      }
    };
  };
  const std::string line = "x-more: " + std::string(4000, 'a') + "\r\n";
  CHECK(outcome_against(endless("HTTP/1.1 200 OK\r\n", line)) == "protocol");
  CHECK(outcome_against(endless("HTTP/1.1 200 OK\r\n\r\n", std::string(65536, 'x'))) == "protocol");
  CHECK(outcome_against(endless("HTTP/1.1 100 Continue\r\n\r\n",
                                "HTTP/1.1 100 Continue\r\n\r\n")) == "protocol");
  CHECK(outcome_against([](Peer& peer) {
          peer.read_request();
          peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");
        }) == "eof");
  CHECK(outcome_against([](Peer& peer) {
          peer.read_request();
          peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nlonger");
          peer.wait_until_closed();
        }) == "protocol");
  CHECK(outcome_against([](Peer& peer) {
          peer.read_request();
          peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Length: 8\r\n\r\n");
          peer.wait_until_closed();
        }) == "protocol");
  CHECK(outcome_against(
            [](Peer& peer) {
              peer.read_request();
              peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
              while (peer.send("x")) std::this_thread::sleep_for(5ms);
            },
            200ms) == "timeout");
  CHECK(outcome_against([](Peer& peer) {
          peer.read_request();
          peer.send("\x16\x03\x01 not http at all\r\n\r\n");
        }) == "protocol");
}

TEST_CASE("a condition is met by answers in a row that reach everyone") {
  std::atomic<int> asked = 0;
  TcpServer server([&](Peer& peer) {
    while (peer.read_request()) {
      const int n = ++asked;
      const std::string backend = n % 2 == 0 ? "app-b" : n < 6 ? "app-x" : "app-c";
      const std::string body = R"({"schema":"weft.echo/v1","service":")" + backend + "\"}";
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                body);
    }
  });
  ProbePlan plan = plan_to(server.port());
  plan.until.emplace();
  plan.until->expect.status = {200};
  plan.until->expect.backends = plan.until->seen = {"app-b", "app-c"};
  plan.until->consecutive = 3;
  const auto report = probe(plan);
  CHECK(report.end.settled);
  CHECK(asked == 8);
}

TEST_CASE("a condition that is never met ends when its time is over") {
  const auto service = app("app-b");
  ProbePlan plan = plan_to(service->port());
  plan.until.emplace();
  plan.until->expect.denied = true;
  plan.until->within = 100ms;
  const auto report = probe(plan);
  CHECK_FALSE(report.end.settled);
  CHECK(report.end.sent >= 1);
}

TEST_CASE("a target is awaited until it takes connections, and not for ever") {
  const weft::base::StopFlag never;
  const auto waited_for = [&](const std::string& url, std::chrono::milliseconds most) {
    const auto began = std::chrono::steady_clock::now();
    await_target(*parse_probe_target(url), most, never);
    return std::chrono::steady_clock::now() - began;
  };
  TcpServer server([](Peer& peer) { peer.wait_until_closed(); });
  CHECK(waited_for(fmt::format("http://127.0.0.1:{}/", server.port()), 20s) < 10s);
  CHECK(waited_for("http://127.0.0.1:1/", 300ms) >= 300ms);
  CHECK(waited_for("udp://127.0.0.1:1", 20s) < 10s);
}

TEST_CASE("a report that was cut off is invalid") {
  CHECK_FALSE(read_report("").ok());
  CHECK_FALSE(read_report("{\"n\":0,\"nonce\":\"a\",\"outcome\":\"dns\"}\n").ok());
  CHECK_FALSE(read_report("{\"end\":true,\"sent\":1}\n").ok());
  CHECK_FALSE(read_report("garbage\n").ok());
  CHECK(read_report("{\"heartbeat\":0}\n{\"end\":true,\"sent\":0}\n").ok());
}

TEST_CASE("a plan is the same after it was written and read") {
  ProbePlan plan = plan_to(80, 7);
  plan.request.headers = {{"a", "b"}};
  plan.until.emplace();
  plan.until->seen = {"app-b"};
  plan.until->expect.denied = true;
  const std::string text = weft::doc::write_json(plan_to_json(plan));
  const auto read = plan_from_json(*weft::doc::read_json({"plan", text}));
  REQUIRE(read.ok());
  CHECK(weft::doc::write_json(plan_to_json(*read)) == text);
}

TEST_CASE("a plan that would smuggle or flood is refused") {
  const auto error_of = [](std::string_view more) {
    const std::string text =
        R"({"schema":"weft.probe-plan/v1","nonce":"a",)" + std::string(more) + "}";
    const auto plan = plan_from_json(*weft::doc::read_json({"plan", text}));
    return plan.ok() ? "" : plan.error().message;
  };
  using Catch::Contains;
  CHECK(error_of(R"("request":{"url":"http://a/"})") == "");
  CHECK_THAT(error_of(R"("request":{"url":"http://a/","headers":{"a":"b\r\nc: d"}})"),
             Contains("line break"));
  CHECK_THAT(error_of(R"("request":{"url":"http://a/"},"count":100000000)"), Contains("count"));
  CHECK_THAT(error_of(R"("request":{"url":"http://a/"},"wrokers":3)"), Contains("workers"));
}

TEST_CASE("the journal tells what arrived, by nonce, over its own socket only") {
  const weft::testkit::TempDir dir;
  const std::string socket = dir.path() + "/journal.sock";
  const auto service = app("app-b", socket);
  ProbePlan plan = plan_to(service->port(), 3);
  plan.nonce = "first";
  probe(plan);
  plan.nonce = "second";
  probe(plan);
  const auto lines = weft::serve::read_journal(socket, 0, "second", 5s);
  REQUIRE(lines.ok());
  CHECK(std::ranges::count(*lines, '\n') == 3);
  CHECK_THAT(*lines, Catch::StartsWith("{\"seq\":4,\"time\":\""));
  CHECK_THAT(*lines,
             Catch::Contains("\"nonce\":\"second-2\",\"method\":\"GET\",\"target\":\"/echo\""));
  CHECK(weft::serve::read_journal(socket, 6, "", 5s).value() == "");
  plan.request.url = url_of(service->port(), "/journal");
  CHECK(probe(plan).answers.at(0).outcome == "http:404");
  const auto nothing = weft::serve::read_journal(dir.path() + "/none", 0, "", 1s);
  REQUIRE_FALSE(nothing.ok());
  CHECK(nothing.error().code == weft::base::ExitCode::cluster);
}

TEST_CASE("only what refuses a request is a denial") {
  for (const char* outcome : {"http:401", "http:403", "refused", "reset", "eof"})
    CHECK(denied(outcome, false));
  for (const char* outcome : {"http:200", "http:404", "http:503", "dns", "timeout", "protocol"})
    CHECK_FALSE(denied(outcome, false));
  CHECK(denied("timeout", true));
}

namespace {

// A service with a certificate of app-b, which takes clients of the same authority only.
struct Secured {
  Authority authority = *Authority::make(weft::base::system_clock().wall());
  std::unique_ptr<weft::serve::Service> service;

  Secured() {
    const auto own = *authority.issue({"shop", "service-b", "app-b"}, false);
    weft::serve::ServiceOptions options;
    options.host = "127.0.0.1";
    options.identity.service = "app-b";
    options.tls = weft::net::TlsServerOptions{{own.certificate, own.key}, authority.root()};
    service = *weft::serve::Service::start(options);
  }

  ProbeAnswer ask(const std::optional<weft::pki::Issued>& shown, std::uint64_t connections = 0) {
    ProbePlan plan = plan_to(service->port());
    plan.request.url = "https://127.0.0.1:" + std::to_string(service->port()) + "/echo";
    plan.request.connections = connections;
    plan.detail = true;
    if (shown) plan.request.certificate = shown->certificate;
    if (shown) plan.request.key = shown->key;
    const auto again =
        plan_from_json(*weft::doc::read_json({"p", weft::doc::write_json(plan_to_json(plan), 0)}));
    REQUIRE(again.ok());
    return probe(*again).answers.at(0);
  }
};

}  // namespace

TEST_CASE("a prober that speaks TLS shows its certificate and tells whose it saw") {
  Secured secured;
  const auto answer = secured.ask(*secured.authority.issue({"shop", "service-a", "app-a"}, false));
  CHECK(answer.outcome == "http:200");
  CHECK(answer.backend == "app-b");
  REQUIRE(answer.tls);
  CHECK(answer.tls->names.at(0) == "spiffe://cluster.local/ns/shop/sa/service-b");
  CHECK(answer.tls->fingerprint.size() == 64);
  CHECK(answer.tls->asked);
}

TEST_CASE("a certificate that is refused is a denial, and the server's was seen all the same") {
  Secured secured;
  const Workload caller{"shop", "service-a", "app-a"};
  const auto stranger = *Authority::make(weft::base::system_clock().wall());
  for (const auto& [shown, outcome] :
       {std::pair(std::optional<weft::pki::Issued>(), "tls-alert:116"),
        std::pair(std::optional(*stranger.issue(caller, false)), "tls-alert:48"),
        std::pair(std::optional(*secured.authority.issue(caller, true)), "tls-alert:45")}) {
    const auto answer = secured.ask(shown);
    CHECK(answer.outcome == outcome);
    CHECK(denied(answer.outcome, false));
    REQUIRE(answer.tls);
    CHECK(answer.tls->fingerprint.size() == 64);
    CHECK(answer.tls->asked);
  }
}

TEST_CASE("plain text on one side only is told, and is no denial") {
  const auto plain = app("app-b");
  ProbePlan plan = plan_to(plain->port());
  plan.request.url = "https://127.0.0.1:" + std::to_string(plain->port()) + "/echo";
  const auto answer = probe(plan).answers.at(0);
  CHECK(answer.outcome == "protocol");
  CHECK_FALSE(denied(answer.outcome, false));
  REQUIRE(answer.tls);
  CHECK(answer.tls->fingerprint.empty());
}

TEST_CASE("a server that does not go on with the handshake costs the time-out and no more") {
  TcpServer server([](Peer& peer) { peer.wait_until_closed(); });
  ProbePlan plan = plan_to(server.port());
  plan.request.url = "https://127.0.0.1:" + std::to_string(server.port()) + "/echo";
  plan.request.timeout = 300ms;
  CHECK(probe(plan).answers.at(0).outcome == "timeout");
}
