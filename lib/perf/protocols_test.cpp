// The load engine against the sample service, over every protocol that both speak.
#include <catch2/catch.hpp>
#include <cstdio>
#include <thread>

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

load::Plan plan_for(const serve::Service& service, const std::string& target = "/") {
  load::Plan plan;
  plan.target.url = net::parse_url(service.url() + target).value();
  plan.target.tls.ca = root().certificate;
  plan.connections = 4;
  plan.threads = 1;
  plan.requests = 200;
  plan.seed = 1;
  return plan;
}

load::Outcome run(const load::Plan& plan) {
  const base::StopFlag stop;
  auto outcome = load::run(plan, nullptr, stop);
  if (!outcome.ok()) FAIL(outcome.error().message);
  CHECK(outcome->planned == outcome->sent + outcome->skipped);
  CHECK(outcome->latency.count() == outcome->completed);
  return *std::move(outcome);
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
  const auto service = start_tls();
  const auto outcome = run(plan_for(*service));
  CHECK(outcome.completed == 200);
  CHECK(outcome.statuses[200] == 200);
  CHECK(outcome.connect_time.count() == 4);
  CHECK(outcome.handshake_time.count() == 4);
  CHECK(outcome.resumed == 0);
}

TEST_CASE("large answers and large requests pass through TLS whole") {
  const auto service = start_tls();
  load::Plan plan = plan_for(*service, "/?size=3000000");
  plan.requests = 8;
  plan.target.method = "POST";
  plan.target.body.assign(2'000'000, 'x');
  const auto outcome = run(plan);
  CHECK(outcome.completed == 8);
  CHECK(outcome.bytes_received >= 8u * 3'000'000);
  CHECK(outcome.bytes_sent >= 8u * 2'000'000);
}

TEST_CASE("a connection per request resumes sessions only when it may") {
  const auto service = start_tls();
  for (const bool resume : {false, true}) {
    load::Plan plan = plan_for(*service);
    plan.keepalive = false;
    plan.requests = 40;
    plan.connections = 1;
    plan.target.tls.resume = resume;
    const auto outcome = run(plan);
    CHECK(outcome.completed == 40);
    CHECK(outcome.handshake_time.count() == 40);
    CHECK(outcome.resumed == (resume ? 39 : 0));
  }
}

TEST_CASE("what is wrong with a certificate is named, with what to do about it") {
  const auto failure = [](const serve::Service& service, auto change) {
    load::Plan plan = plan_for(service);
    plan.requests = 4;
    change(plan.target.tls);
    const auto outcome = run(plan);
    CHECK(outcome.completed == 0);
    INFO("closed " << errors(outcome, ErrorClass::closed) << ", reset "
                   << errors(outcome, ErrorClass::reset) << ", time-outs "
                   << errors(outcome, ErrorClass::timeout));
    CHECK(errors(outcome, ErrorClass::tls) == 4);
    CHECK_FALSE(outcome.first_remedy.empty());
    return outcome.first_error;
  };
  const auto as_it_is = [](net::TlsClientOptions&) {};
  CHECK(failure(*start_tls(identity({"127.0.0.1"}, kNow - std::chrono::days(9), 5)), as_it_is) ==
        "the certificate of the target has expired");
  CHECK(failure(*start_tls(identity({"shop.example"})), as_it_is) ==
        "the certificate of the target is for another name");
  CHECK(failure(*start_tls(), [](net::TlsClientOptions& tls) { tls.ca.clear(); }) ==
        "the certificate of the target was issued by an unknown authority");
  CHECK(failure(*start_tls(identity({"127.0.0.1"}), root().certificate), as_it_is) ==
        "the target asks for a client certificate");
}

TEST_CASE("with a client certificate of the right authority a service lets the engine in") {
  const auto service = start_tls(identity({"127.0.0.1"}), root().certificate);
  load::Plan plan = plan_for(*service);
  plan.target.tls.identity = identity({"client.example"});
  CHECK(run(plan).completed == 200);
}

TEST_CASE("plain HTTP to a port that speaks TLS, and TLS to a plain one, are told apart") {
  const auto secure = start_tls();
  load::Plan plan = plan_for(*secure);
  plan.target.url.scheme = "http";
  plan.requests = 4;
  const auto refused = run(plan);
  CHECK(refused.statuses[400] == 4);

  const auto plain = start();
  plan = plan_for(*plain);
  plan.target.url.scheme = "https";
  plan.requests = 4;
  CHECK(run(plan).first_error == "the target does not speak TLS");
}

TEST_CASE("an open loop over TLS sends what was planned") {
  const auto service = start_tls();
  load::Plan plan = plan_for(*service);
  plan.requests.reset();
  plan.duration = 500ms;
  plan.qps = 400;
  const auto outcome = run(plan);
  CHECK(outcome.completed == 200);
  CHECK(outcome.generator_lag.count() == 200);
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

load::Plan http2_plan(const serve::Service& service, unsigned streams,
                      const std::string& target = "/") {
  load::Plan plan = plan_for(service, target);
  plan.protocol = load::Protocol::http2;
  plan.connections = 2;
  plan.streams = streams;
  return plan;
}

TEST_CASE("HTTP/2 without TLS: every request is answered, over the connections asked for") {
  const auto service = start();
  for (const unsigned threads : {1u, 2u}) {
    load::Plan plan = http2_plan(*service, 20, "/?delay=1ms");
    plan.requests = 501;
    plan.threads = threads;
    const auto outcome = run(plan);
    CHECK(outcome.completed == 501);
    CHECK(outcome.statuses[200] == 501);
    CHECK(outcome.connect_time.count() == 2);
    CHECK(outcome.handshake_time.count() == 0);
    CHECK(outcome.goaways == 0);
    CHECK(outcome.first_error.empty());
  }
}

TEST_CASE("HTTP/2 over TLS is agreed on by ALPN, with one handshake a connection") {
  const auto service = start_tls();
  const auto outcome = run(http2_plan(*service, 10));
  CHECK(outcome.completed == 200);
  CHECK(outcome.connect_time.count() == 2);
  CHECK(outcome.handshake_time.count() == 2);
}

TEST_CASE("streams of one connection do not wait for each other") {
  const auto service = start();
  load::Plan plan = http2_plan(*service, 50, "/?delay=100ms");
  plan.connections = 1;
  plan.requests = 50;
  const auto outcome = run(plan);
  CHECK(outcome.completed == 50);
  CHECK(outcome.elapsed < 4s);  // one after the other they would take 5 s
}

TEST_CASE("large bodies pass the flow control of HTTP/2 both ways") {
  for (const bool tls : {false, true}) {
    const auto service = tls ? start_tls() : start();
    load::Plan plan = http2_plan(*service, 3, "/?size=3000000");
    plan.requests = 6;
    plan.target.method = "POST";
    plan.target.body.assign(2'000'000, 'x');
    const auto outcome = run(plan);
    CHECK(outcome.completed == 6);
    CHECK(outcome.bytes_received >= 6u * 3'000'000);
    CHECK(outcome.bytes_sent >= 6u * 2'000'000);
  }
}

TEST_CASE("no more streams are opened than the peer allows at once") {
  serve::ServiceOptions options;
  options.limits.streams = 5;
  const auto service = start(options);
  load::Plan plan = http2_plan(*service, 40, "/?delay=10ms");
  plan.connections = 1;
  plan.requests = 50;
  const auto outcome = run(plan);
  CHECK(outcome.completed == 50);
  CHECK(outcome.first_error.empty());
  CHECK(outcome.elapsed > 80ms);  // in ten turns
}

TEST_CASE("a reset stream is counted by its code and harms no other") {
  const auto service = start();
  const auto outcome = run(http2_plan(*service, 10, "/?abort=reset@50%25"));
  const auto reset = errors(outcome, ErrorClass::stream_reset);
  CHECK(reset > 0);
  CHECK(outcome.completed > 0);
  CHECK(reset + outcome.completed == 200);
  CHECK(outcome.resets[2] == reset);
  CHECK(outcome.connect_time.count() == 2);
  CHECK(outcome.first_error == "the target reset the stream (INTERNAL_ERROR)");
}

TEST_CASE("a stream that is not answered in time is given up alone") {
  const auto service = start();
  load::Plan plan = http2_plan(*service, 10, "/?hang@20%25");
  plan.timeout = 100ms;
  plan.requests = 60;
  const auto outcome = run(plan);
  const auto lost = errors(outcome, ErrorClass::timeout);
  CHECK(lost > 0);
  CHECK(lost + outcome.completed == 60);
}

TEST_CASE("statuses and HEAD work over HTTP/2 as over HTTP/1.1") {
  const auto service = start();
  CHECK(run(http2_plan(*service, 4, "/status/503")).statuses[503] == 200);
  load::Plan plan = http2_plan(*service, 4, "/?size=1000");
  plan.target.method = "HEAD";
  CHECK(run(plan).statuses[200] == 200);
}

TEST_CASE("an open loop over HTTP/2 sends what was planned") {
  const auto service = start();
  load::Plan plan = http2_plan(*service, 100);
  plan.requests.reset();
  plan.duration = 500ms;
  plan.qps = 400;
  const auto outcome = run(plan);
  CHECK(outcome.completed == 200);
  CHECK(outcome.send_lag.count() == 200);
}

TEST_CASE("a service that drains answers what is under way and is then left") {
  auto service = start();
  load::Plan plan = http2_plan(*service, 10, "/?delay=5ms");
  plan.requests.reset();
  plan.duration = 1s;
  std::thread stopper([&] {
    std::this_thread::sleep_for(500ms);
    service->stop();
  });
  const auto outcome = run(plan);
  stopper.join();
  CHECK(outcome.goaways == 2);
  CHECK(outcome.completed > 0);
  CHECK(errors(outcome, ErrorClass::reset) == 0);
  service->join();
  CHECK(service->drained_in_time());
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
