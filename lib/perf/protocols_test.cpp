// The load engine against the sample service, over every protocol that both speak.
#include <catch2/catch.hpp>
#include <cstdio>

#include "lib/base/file.h"
#include "lib/load/engine.h"
#include "lib/pki/issue.h"
#include "lib/serve/service.h"
#include "lib/testkit/temp_dir.h"

namespace weft {
namespace {

using namespace std::chrono_literals;
using load::ErrorClass;

const base::WallTime kNow = base::system_clock().wall();

const pki::Issued& root() {
  static const pki::Issued made = pki::issue_root({"root.example", kNow, 1000}).value();
  return made;
}

net::TlsIdentity identity(const std::vector<std::string>& names, base::WallTime now = kNow,
                          int days = 100) {
  const auto leaf = pki::issue_leaf({"leaf", now, days}, names, &root()).value();
  return {leaf.certificate, leaf.key};
}

std::unique_ptr<serve::Service> start(serve::ServiceOptions options = {}) {
  options.host = "127.0.0.1";
  return serve::Service::start(std::move(options)).value();
}

std::unique_ptr<serve::Service> start_tls(net::TlsIdentity of = identity({"127.0.0.1"}),
                                          std::string client_ca = "") {
  serve::ServiceOptions options;
  options.tls = net::TlsServerOptions{std::move(of), std::move(client_ca)};
  return start(std::move(options));
}

// A service and the plan that measures it: 200 requests over 4 connections of one thread.
struct Bench {
  std::unique_ptr<serve::Service> service;
  load::Plan plan;

  Bench(std::unique_ptr<serve::Service> of, const std::string& target) : service(std::move(of)) {
    plan.target.url = net::parse_url(service->url() + target).value();
    plan.target.tls.ca = root().certificate;
    plan.connections = 4;
    plan.threads = 1;
    plan.requests = 200;
    plan.seed = 1;
  }

  load::Outcome run(const load::ProgressSink& progress = nullptr,
                    const base::StopFlag& stop = {}) const {
    auto outcome = load::run(plan, progress, stop);
    if (!outcome.ok()) FAIL(outcome.error().message);
    CHECK(outcome->planned == outcome->sent + outcome->skipped);
    CHECK(outcome->latency.count() == outcome->completed);
    return *std::move(outcome);
  }
};

Bench plain(const std::string& target = "/") { return {start(), target}; }
Bench secure(const std::string& target = "/") { return {start_tls(), target}; }

// The same over two connections of HTTP/2.
Bench over_http2(Bench bench, unsigned streams) {
  bench.plan.protocol = load::Protocol::http2;
  bench.plan.connections = 2;
  bench.plan.streams = streams;
  return bench;
}

std::uint64_t errors(const load::Outcome& outcome, ErrorClass error) {
  return outcome.errors[static_cast<std::size_t>(error)];
}

// What a command prints; empty when the program is not on this machine, which is said aloud.
std::string shell(const std::string& program, const std::string& arguments) {
  if (std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) != 0) {
    WARN("skipped: no " << program << " on this machine");
    return "";
  }
  std::FILE* pipe = ::popen((program + " " + arguments + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string out;
  char buffer[4096];
  while (const std::size_t n = std::fread(buffer, 1, sizeof buffer, pipe)) out.append(buffer, n);
  ::pclose(pipe);
  return out;
}

TEST_CASE("every request over TLS is answered, and the handshake has a figure of its own") {
  const auto outcome = secure().run();
  CHECK(outcome.completed == 200);
  CHECK(outcome.statuses[200] == 200);
  CHECK(outcome.connect_time.count() == 4);
  CHECK(outcome.handshake_time.count() == 4);
  CHECK(outcome.resumed == 0);
}

TEST_CASE("large answers and large requests pass whole, over TLS and over flow control") {
  const auto pass = [](Bench bench) {
    bench.plan.requests = 8;
    bench.plan.target.method = "POST";
    bench.plan.target.body.assign(2'000'000, 'x');
    const auto outcome = bench.run();
    CHECK(outcome.completed == 8);
    CHECK(outcome.bytes_received >= 8u * 3'000'000);
    CHECK(outcome.bytes_sent >= 8u * 2'000'000);
  };
  const std::string target = "/?size=3000000";
  pass(secure(target));
  pass(over_http2(plain(target), 3));
  pass(over_http2(secure(target), 3));
}

TEST_CASE("a connection per request resumes sessions only when it may") {
  Bench bench = secure();
  bench.plan.keepalive = false;
  bench.plan.requests = 40;
  bench.plan.connections = 1;
  for (const bool resume : {false, true}) {
    bench.plan.target.tls.resume = resume;
    const auto outcome = bench.run();
    CHECK(outcome.completed == 40);
    CHECK(outcome.handshake_time.count() == 40);
    CHECK(outcome.resumed == (resume ? 39 : 0));
  }
}

TEST_CASE("what is wrong with a certificate is named, with what to do about it") {
  const auto failure = [](std::unique_ptr<serve::Service> service, auto change) {
    Bench bench(std::move(service), "/");
    bench.plan.requests = 4;
    change(bench.plan.target.tls);
    const auto outcome = bench.run();
    CHECK(outcome.completed == 0);
    INFO("closed " << errors(outcome, ErrorClass::closed) << ", reset "
                   << errors(outcome, ErrorClass::reset) << ", time-outs "
                   << errors(outcome, ErrorClass::timeout));
    CHECK(errors(outcome, ErrorClass::tls) == 4);
    CHECK_FALSE(outcome.first_remedy.empty());
    return outcome.first_error;
  };
  const auto as_it_is = [](net::TlsClientOptions&) {};
  const auto expired = identity({"127.0.0.1"}, kNow - std::chrono::days(9), 5);
  const auto mine = identity({"127.0.0.1"});
  CHECK(failure(start_tls(expired), as_it_is) == "the certificate of the target has expired");
  CHECK(failure(start_tls(identity({"shop.example"})), as_it_is) ==
        "the certificate of the target is for another name");
  CHECK(failure(start_tls(mine), [](auto& tls) { tls.ca.clear(); }) ==
        "the certificate of the target was issued by an unknown authority");
  CHECK(failure(start_tls(mine, root().certificate), as_it_is) ==
        "the target asks for a client certificate");
  CHECK(failure(start_tls(mine), [](auto& tls) { tls.spiffe_id = "spiffe://prod.example"; }) ==
        "the certificate of the target carries another SPIFFE identity");
}

TEST_CASE("with a client certificate of the right authority a service lets the engine in") {
  Bench bench(start_tls(identity({"127.0.0.1"}), root().certificate), "/");
  bench.plan.target.tls.identity = identity({"client.example"});
  CHECK(bench.run().completed == 200);
}

TEST_CASE("a workload is known by its SPIFFE identity whatever it is called") {
  Bench bench(start_tls(identity({"spiffe://prod.example/ns/shop/sa/cart"})), "/");
  bench.plan.target.tls.spiffe_id = "spiffe://prod.example/ns/shop/sa/cart";
  CHECK(bench.run().completed == 200);
}

TEST_CASE("plain HTTP to a port that speaks TLS, and TLS to a plain one, are told apart") {
  Bench bench = secure();
  bench.plan.target.url.scheme = "http";
  bench.plan.requests = 4;
  CHECK(bench.run().statuses[400] == 4);

  Bench other = plain();
  other.plan.target.url.scheme = "https";
  other.plan.requests = 4;
  CHECK(other.run().first_error == "the target does not speak TLS");
}

TEST_CASE("an open loop sends what was planned, over TLS and over HTTP/2") {
  const auto check = [](Bench bench) {
    bench.plan.qps = 400;
    const auto outcome = bench.run();
    CHECK(outcome.completed == 200);
    CHECK(outcome.send_lag.count() == 200);
    CHECK(outcome.generator_lag.count() == 200);
  };
  check(secure());
  check(over_http2(plain(), 100));
}

TEST_CASE("curl trusts the service by its authority, and not without it") {
  const testkit::TempDir folder;
  REQUIRE(base::write_file(folder.path() + "/ca.pem", root().certificate).ok());
  const auto service = start_tls();
  const std::string trusted =
      shell("curl", "-sS --cacert " + folder.path() + "/ca.pem " + service->url() + "/");
  if (trusted.empty()) return;
  CHECK(trusted == "ok\n");
  CHECK(shell("curl", "-sS " + service->url() + "/").find("certificate") != std::string::npos);
}

TEST_CASE("HTTP/2 without TLS: every request is answered, over the connections asked for") {
  Bench bench = over_http2(plain("/?delay=1ms"), 20);
  bench.plan.requests = 501;
  for (const unsigned threads : {1u, 2u}) {
    bench.plan.threads = threads;
    const auto outcome = bench.run();
    CHECK(outcome.completed == 501);
    CHECK(outcome.statuses[200] == 501);
    CHECK(outcome.connect_time.count() == 2);
    CHECK(outcome.handshake_time.count() == 0);
    CHECK(outcome.goaways == 0);
    CHECK(outcome.first_error.empty());
  }
}

TEST_CASE("HTTP/2 over TLS is agreed on by ALPN, with one handshake a connection") {
  const auto outcome = over_http2(secure(), 10).run();
  CHECK(outcome.completed == 200);
  CHECK(outcome.connect_time.count() == 2);
  CHECK(outcome.handshake_time.count() == 2);
}

// The slowest of fifty that all start at once: one after the other, it would have waited for 49.
TEST_CASE("streams of one connection do not wait for each other") {
  Bench bench = over_http2(plain("/?delay=200ms"), 50);
  bench.plan.connections = 1;
  bench.plan.requests = 50;
  const auto outcome = bench.run();
  CHECK(outcome.completed == 50);
  CHECK(outcome.service_time.max() < 49u * 200'000'000);
}

TEST_CASE("no more streams are opened than the peer allows at once") {
  serve::ServiceOptions options;
  options.limits.streams = 5;
  Bench bench = over_http2({start(options), "/?delay=10ms"}, 40);
  bench.plan.connections = 1;
  bench.plan.requests = 50;
  const auto outcome = bench.run();
  CHECK(outcome.completed == 50);
  CHECK(outcome.first_error.empty());
  CHECK(outcome.elapsed > 80ms);  // in ten turns
}

TEST_CASE("a reset stream is counted by its code and harms no other") {
  const auto outcome = over_http2(plain("/?abort=reset@50%25"), 10).run();
  const auto reset = errors(outcome, ErrorClass::stream_reset);
  CHECK(reset > 0);
  CHECK(outcome.completed > 0);
  CHECK(reset + outcome.completed == 200);
  CHECK(outcome.resets[2] == reset);
  CHECK(outcome.connect_time.count() == 2);
  CHECK(outcome.first_error == "the target reset the stream (INTERNAL_ERROR)");
}

TEST_CASE("a stream that is not answered in time is given up alone") {
  Bench bench = over_http2(plain("/?hang@20%25"), 10);
  bench.plan.timeout = 1s;
  bench.plan.requests = 60;
  const auto outcome = bench.run();
  const auto lost = errors(outcome, ErrorClass::timeout);
  CHECK(lost > 0);
  CHECK(lost + outcome.completed == 60);
}

TEST_CASE("statuses and HEAD work over HTTP/2 as over HTTP/1.1") {
  CHECK(over_http2(plain("/status/503"), 4).run().statuses[503] == 200);
  Bench bench = over_http2(plain("/?size=1000"), 4);
  bench.plan.target.method = "HEAD";
  CHECK(bench.run().statuses[200] == 200);
}

TEST_CASE("kinds of requests and their values are the same over HTTP/2") {
  Bench bench = over_http2(plain(), 10);
  for (const char* path : {"/status/{{pick:201}}", "/status/404"}) {
    load::RequestKind kind;
    kind.name = path;
    kind.path = load::Template::compile(path, load::Place::path, {}).value();
    kind.body = load::Template::compile("{{letters:100}}", load::Place::body, {}).value();
    kind.method = "POST";
    bench.plan.kinds.push_back(std::move(kind));
  }
  const auto outcome = bench.run();
  REQUIRE(outcome.groups.size() == 2);
  CHECK(outcome.groups[0].statuses[201] == 100);
  CHECK(outcome.groups[1].statuses[404] == 100);
}

TEST_CASE("a service that drains answers what is under way and is then left") {
  Bench bench = over_http2(plain("/?delay=5ms"), 10);
  bench.plan.requests.reset();
  bench.plan.duration = std::chrono::hours(1);
  base::StopFlag stop;
  bool draining = false;
  const auto outcome = bench.run(
      [&](const load::Progress& now) {
        if (!draining && now.completed > 0) {
          draining = true;
          bench.service->stop();
        }
        if (now.errors > 0) stop.request();  // nobody is there any more
      },
      stop);
  CHECK(outcome.goaways == 2);
  CHECK(outcome.completed > 0);
  CHECK(errors(outcome, ErrorClass::reset) == 0);
  bench.service->join();
  CHECK(bench.service->drained_in_time());
}

TEST_CASE("curl and nghttp speak HTTP/2 with the service") {
  const auto plain = start();
  const std::string echo =
      shell("curl", "-sS --http2-prior-knowledge -d hello " + plain->url() + "/echo");
  if (!echo.empty()) {
    CHECK(echo.find("\"proto\":\"HTTP/2.0\"") != std::string::npos);
    CHECK(echo.find("\"body_length\":5") != std::string::npos);
  }
  const auto secure = start_tls();
  const std::string by_alpn = shell("curl", "-sSk --http2 -w '%{http_version}' " + secure->url());
  if (!by_alpn.empty()) CHECK(by_alpn == "ok\n2");
  const std::string load = shell("h2load", "-n 100 -c 2 -m 10 " + plain->url() + "/echo");
  if (!load.empty()) CHECK(load.find("100 succeeded, 0 failed") != std::string::npos);
}

}  // namespace
}  // namespace weft
