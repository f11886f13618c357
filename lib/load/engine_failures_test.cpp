#include "lib/load/engine.h"

#include "lib/load/engine_test.h"

using namespace weft;
using namespace weft::load::testing;
using load::ErrorClass;

TEST_CASE("every kind of failure is counted under its name") {
  CHECK(errors(run_against([](Peer& peer) { peer.read_request(); }), ErrorClass::closed) == 20);
  CHECK(errors(run_against([](Peer& peer) {
                 peer.read_request();
                 peer.reset();
               }),
               ErrorClass::reset) == 20);
  CHECK(errors(run_against([](Peer& peer) {
                 peer.read_request();
                 peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
                 peer.close();
               }),
               ErrorClass::short_body) == 20);
  CHECK(errors(run_against([](Peer& peer) {
                 peer.read_request();
                 peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nhello");
                 peer.reset();
               }),
               ErrorClass::reset) == 20);
  CHECK(errors(run_against(answering("\x15\x03\x03\x00\x02\x02\x0a")), ErrorClass::tls) == 20);
  CHECK(errors(run_against(answering(std::string_view("\0\0\6\4\0\0\0\0\0", 9))),
               ErrorClass::protocol) == 20);
  CHECK(errors(run_against(answering("220 mail.example ESMTP\r\n")), ErrorClass::protocol) == 20);
  CHECK(errors(run_against(answering("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nhello")),
               ErrorClass::protocol) == 20);
  const auto overloaded =
      run_against(answering("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy"));
  CHECK(errors(overloaded, ErrorClass::status) == 20);
  CHECK(overloaded.completed == 20);
  CHECK(overloaded.statuses[503] == 20);

  load::Plan plan = plan_for(testkit::refusing_port());
  plan.requests = 20;
  const auto refused = run(plan);
  CHECK(errors(refused, ErrorClass::refused) == 20);
  CHECK(refused.first_error.find("refused") != std::string::npos);
  CHECK(refused.verdict == load::Verdict::invalid);
  check_that_counts_add_up(refused);
}

TEST_CASE("an endless header or an endless body ends at a limit") {
  const auto header = run_against([](Peer& peer) {
    std::string fields;
    for (int i = 0; i < 1000; ++i) fields += "Name: value\r\n";
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\n");
    while (peer.send(fields)) continue;
  });
  CHECK(errors(header, ErrorClass::protocol) == 20);

  const TcpServer server([](Peer& peer) {
    if (peer.number() % 2 == 0) return answering(kOk)(peer);
    const std::string block(1 << 16, 'x');
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\n\r\n");
    while (peer.send(block)) continue;
  });
  load::Plan plan = plan_for(server);
  plan.requests = 50;
  plan.connections = 2;
  plan.timeout = 200ms;
  const auto outcome = run(plan);
  CHECK(errors(outcome, ErrorClass::timeout) > 0);
  CHECK(outcome.completed > 0);  // the other connection had its turns
  check_that_counts_add_up(outcome);
}

TEST_CASE("a target that never answers is a time-out error with a sentence, not a hang") {
  const TcpServer server([](Peer& peer) { peer.wait_until_closed(); });
  load::Plan plan = plan_for(server);
  plan.timeout = 200ms;
  const base::StopFlag stop;
  SECTION("within a duration") {
    plan.qps = 100;
    plan.duration = 300ms;
  }
  SECTION("with a number of requests that would take hours") { plan.requests = 1'000'000; }
  const auto outcome = load::run(plan, nullptr, stop);
  REQUIRE_FALSE(outcome.ok());
  CHECK(outcome.error().code == base::ExitCode::timeout);
  CHECK(outcome.error().message.find("did not answer") != std::string::npos);
}

TEST_CASE("a slow answer times out while the others are counted") {
  const TcpServer server([](Peer& peer) {
    while (peer.read_request()) {
      if (peer.number() == 0) return peer.wait_until_closed();
      peer.send(kOk);
    }
  });
  load::Plan plan = plan_for(server);
  plan.requests = 40;
  plan.timeout = 300ms;
  const auto outcome = run(plan);
  CHECK(errors(outcome, ErrorClass::timeout) == 1);
  CHECK(outcome.completed == 39);
  check_that_counts_add_up(outcome);
}

TEST_CASE("a plan that cannot be run is refused before anything is sent") {
  const auto refused = [](auto change) {
    load::Plan plan = plan_for(80);
    plan.duration = 1s;
    change(plan);
    const base::StopFlag stop;
    const auto outcome = load::run(plan, nullptr, stop);
    REQUIRE_FALSE(outcome.ok());
    CHECK(outcome.error().code == base::ExitCode::usage);
    CHECK_FALSE(outcome.error().message.empty());
  };
  refused([](load::Plan& plan) {
    plan.target.url.scheme = "https";
    plan.target.tls.min_version = net::TlsVersion::v1_3;
    plan.target.tls.max_version = net::TlsVersion::v1_2;
  });
  refused([](load::Plan& plan) { plan.duration.reset(); });
  refused([](load::Plan& plan) { plan.duration = 0s; });
  refused([](load::Plan& plan) { plan.requests = 0; });
  refused([](load::Plan& plan) { plan.qps = 0; });
  refused([](load::Plan& plan) { plan.qps = -1; });
  refused([](load::Plan& plan) { plan.qps = 1e12; });
  refused([](load::Plan& plan) { plan.connections = 0; });
  refused([](load::Plan& plan) { plan.timeout = 0s; });
  refused([](load::Plan& plan) { plan.threads = 1000; });
  refused([](load::Plan& plan) { plan.target.method = "GET /"; });
  refused([](load::Plan& plan) { plan.target.headers = {{"A b", "c"}}; });
  refused([](load::Plan& plan) { plan.target.headers = {{"A", "b\r\nC: d"}}; });
  refused([](load::Plan& plan) { plan.target.headers = {{"content-length", "5"}}; });
}
