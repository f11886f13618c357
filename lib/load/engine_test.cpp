#include "lib/load/engine.h"

#include <unistd.h>

#include "lib/load/engine_test.h"

using namespace weft;
using namespace weft::load::testing;
using load::ErrorClass;

TEST_CASE("a closed loop sends exactly the requests asked for, however many threads share them") {
  const TcpServer server(answering(kOk));
  for (const unsigned threads : {1u, 3u}) {
    load::Plan plan = plan_for(server);
    plan.requests = 101;
    plan.threads = threads;
    const auto outcome = run(plan);
    CHECK(outcome.completed == 101);
    CHECK(outcome.statuses[200] == 101);
    CHECK(lost(outcome) == 0);
    CHECK(outcome.threads == threads);
    CHECK(outcome.bytes_received == 101 * kOk.size());
    check_that_counts_add_up(outcome);
  }
  CHECK(server.connections() == 8);
}

TEST_CASE("generators that share a load send together what one would") {
  const TcpServer server(answering(kOk));
  for (const unsigned burst : {1u, 5u}) {
    load::Plan plan = plan_for(server);
    plan.qps = 2000;
    plan.requests = 103;
    plan.burst = burst;
    std::uint64_t planned = 0;
    for (unsigned index = 0; index < 3; ++index) {
      plan.part = {index, 3};
      const auto outcome = run(plan);
      check_that_counts_add_up(outcome);
      CHECK(outcome.elapsed < 1s);
      planned += outcome.planned;
    }
    CHECK(planned == 103);
  }
}

TEST_CASE("one request over one connection is a run") {
  const TcpServer server(answering(kOk));
  load::Plan plan = plan_for(server);
  plan.requests = 1;
  plan.connections = 1;
  const auto outcome = run(plan);
  CHECK(outcome.completed == 1);
  CHECK(outcome.elapsed > 0ns);
  CHECK(server.connections() == 1);
  check_that_counts_add_up(outcome);
}

TEST_CASE("an open loop plans exactly rate times duration and sends all of it") {
  const TcpServer server(answering(kOk));
  load::Plan plan = plan_for(server);
  plan.arrival = load::Arrival::uniform;
  plan.qps = 400.5;
  plan.duration = 500ms;
  for (const unsigned threads : {1u, 2u}) {
    plan.threads = threads;
    const auto outcome = run(plan);
    CHECK(outcome.planned == 201);  // k * 1000 / 400.5 < 500 for k = 0 ... 200
    CHECK(outcome.skipped == 0);
    CHECK(outcome.completed == 201);
    CHECK(outcome.send_lag.count() == 201);
    CHECK(outcome.generator_lag.count() == 201);
    CHECK(outcome.elapsed >= 500ms);
    check_that_counts_add_up(outcome);
  }
}

TEST_CASE("the variation of the gaps tells even arrivals from random ones") {
  const TcpServer server(answering(kOk));
  load::Plan plan = plan_for(server);
  plan.qps = 500;
  plan.duration = 1s;
  for (const unsigned threads : {1u, 2u}) {
    plan.threads = threads;
    plan.arrival = load::Arrival::uniform;
    const double even = run(plan).pacing_cv.value();
    plan.arrival = load::Arrival::poisson;
    const double random = run(plan).pacing_cv.value();
    CHECK(random > 0.8);
    CHECK(random < 1.25);
    CHECK(even < random - 0.2);
  }
  plan.burst = 5;
  CHECK_FALSE(run(plan).pacing_cv);
  plan.burst = 1;
  plan.qps.reset();
  plan.requests = 20;
  CHECK_FALSE(run(plan).pacing_cv);
}

TEST_CASE("a stall of the server shows in the latency from the plan, not in the service time") {
  // Connection 0 answers at once, but its 20th answer waits until a second's worth of arrivals has
  // piled up behind it.
  const TcpServer server([](Peer& peer) {
    for (int i = 1; peer.read_request(); ++i) {
      if (i == 20) std::this_thread::sleep_for(500ms);
      peer.send(kOk);
    }
  });
  load::Plan plan = plan_for(server);
  plan.arrival = load::Arrival::uniform;
  plan.qps = 100;
  plan.duration = 1s;
  plan.connections = 1;
  const auto outcome = run(plan);
  CHECK(outcome.completed == 100);
  check_that_counts_add_up(outcome);
  // 50 requests are planned during the stall; half of them wait for 250 ms or more.
  const auto slow = [](const stats::Histogram& histogram) {
    return histogram.count() - histogram.count_at_or_below(200'000'000);
  };
  CHECK(slow(outcome.latency) >= 29);
  CHECK(slow(outcome.send_lag) >= 28);
  CHECK(slow(outcome.pool_lag) >= 28);  // it was the pool that was empty
  CHECK(outcome.pool_lag.count() == 100);
  CHECK(outcome.service_time.max() >= 500'000'000);
  CHECK(slow(outcome.service_time) < slow(outcome.latency) / 2);
}

TEST_CASE("what still waits for a connection long after the end is skipped, counted and said") {
  const TcpServer server(answering_after(100ms));
  load::Plan plan = plan_for(server);
  plan.qps = 1000;
  plan.duration = 300ms;
  plan.timeout = 400ms;
  plan.connections = 2;
  const auto outcome = run(plan);
  CHECK(outcome.planned > 200);
  CHECK(outcome.skipped > 0);
  check_that_counts_add_up(outcome);
  CHECK(outcome.verdict != load::Verdict::valid);
  REQUIRE_FALSE(outcome.reasons.empty());
}

TEST_CASE("what finds no connection free is skipped at once where that was asked for") {
  const TcpServer server(answering_after(100ms));
  load::Plan plan = plan_for(server);
  plan.qps = 200;
  plan.duration = 500ms;
  plan.connections = 1;
  plan.on_saturation = load::Saturation::drop;
  const auto outcome = run(plan);
  CHECK(outcome.planned == 100);
  CHECK(outcome.skipped >= 90);  // one connection carries five
  CHECK(outcome.completed > 0);
  CHECK(outcome.pool_lag.max() == 0);  // nothing waited
  check_that_counts_add_up(outcome);
}

TEST_CASE("a run ends where a request finds no connection free and that was forbidden") {
  const TcpServer server(answering_after(100ms));
  load::Plan plan = plan_for(server);
  plan.qps = 200;
  plan.duration = 5s;
  plan.connections = 2;
  plan.max_connections = 4;
  plan.on_saturation = load::Saturation::fail;
  const auto outcome = run(plan);
  CHECK(outcome.saturated);
  CHECK_FALSE(outcome.interrupted);
  CHECK(outcome.verdict == load::Verdict::invalid);
  CHECK(outcome.completed >= 4);  // what was on its way is awaited
  CHECK(outcome.elapsed < 1s);
  CHECK_THAT(outcome.reasons.front(), Catch::Contains("--on-saturation fail"));
  check_that_counts_add_up(outcome);
  plan.max_connections = 60;
  plan.duration = 300ms;
  CHECK_FALSE(run(plan).saturated);
}

TEST_CASE("an open loop opens more connections while all others wait for answers") {
  const TcpServer server(answering_after(100ms));
  load::Plan plan = plan_for(server);
  plan.qps = 200;
  plan.duration = 500ms;
  plan.timeout = 400ms;
  plan.connections = 2;
  plan.max_connections = 60;
  const auto outcome = run(plan);
  CHECK(outcome.planned == 100);  // two connections would carry 20 of them until the drain ends
  CHECK(outcome.skipped == 0);
  CHECK(outcome.completed == 100);
  CHECK(server.connections() > 15);
  CHECK(server.connections() <= 60);
  check_that_counts_add_up(outcome);
}

TEST_CASE("answers are read whichever way their end is marked") {
  for (const std::string_view answer :
       {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}) {
    const TcpServer server(answering(answer));
    load::Plan plan = plan_for(server);
    plan.requests = 20;
    CHECK(run(plan).completed == 20);
    CHECK(server.connections() == 4);
  }
  const auto until_close = run_against([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\n\r\nall there is");
    peer.close();
  });
  CHECK(until_close.completed == 20);

  const TcpServer server(answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));
  load::Plan plan = plan_for(server);
  plan.target.method = "HEAD";
  plan.requests = 20;
  CHECK(run(plan).completed == 20);
}

TEST_CASE("an answer sent byte by byte and a request larger than the socket's buffer arrive") {
  std::string body(8 << 20, 'b');
  const TcpServer server([&](Peer& peer) {
    while (peer.read_request() && peer.request().ends_with(body))
      for (const char byte : kOk) peer.send({&byte, 1});
  });
  load::Plan plan = plan_for(server);
  plan.target.method = "POST";
  plan.target.body = body;
  plan.requests = 4;
  plan.timeout = 20s;
  const auto outcome = run(plan);
  CHECK(outcome.completed == 4);
  CHECK(outcome.bytes_sent > 4 * body.size());
}

TEST_CASE("connections are kept, closed and opened again as the server and the plan say") {
  SECTION("kept") {
    const TcpServer server(answering(kOk));
    load::Plan plan = plan_for(server);
    plan.requests = 100;
    CHECK(run(plan).connect_time.count() == 4);
    CHECK(server.connections() == 4);
  }
  SECTION("closed by the plan") {
    const TcpServer server(answering(kOk));
    load::Plan plan = plan_for(server);
    plan.requests = 30;
    plan.keepalive = false;
    const auto outcome = run(plan);
    CHECK(outcome.completed == 30);
    CHECK(outcome.connect_time.count() == 30);
    CHECK(server.connections() == 30);
  }
  SECTION("closed by the server, which says so") {
    const TcpServer server(
        answering("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
    load::Plan plan = plan_for(server);
    plan.requests = 30;
    const auto outcome = run(plan);
    CHECK(outcome.completed == 30);
    CHECK(outcome.retries == 0);
    CHECK(outcome.connect_time.count() >= 30);
  }
  SECTION("closed by the server without a word, as a request is on its way") {
    const TcpServer server([](Peer& peer) {
      for (int i = 0; i < 3 && peer.read_request(); ++i) peer.send(kOk);
      peer.read_request();
    });
    load::Plan plan = plan_for(server);
    plan.requests = 40;
    auto outcome = run(plan);
    CHECK(outcome.completed == 40);
    CHECK(outcome.retries > 0);
    check_that_counts_add_up(outcome);

    plan.target.method = "POST";
    outcome = run(plan);
    CHECK(outcome.retries == 0);
    CHECK(errors(outcome, ErrorClass::closed) > 0);
    check_that_counts_add_up(outcome);
  }
}

TEST_CASE("the warm-up is sent but not recorded") {
  for (const bool open_loop : {true, false}) {
    std::atomic<std::uint64_t> seen{0};
    const TcpServer server([&](Peer& peer) {
      while (peer.read_request()) {
        ++seen;
        std::this_thread::sleep_for(1ms);
        peer.send(kOk);
      }
    });
    load::Plan plan = plan_for(server);
    plan.warmup = 300ms;
    plan.duration = 300ms;
    if (open_loop) plan.qps = 200;
    const auto outcome = run(plan);
    CHECK(outcome.completed > 0);
    CHECK(seen > outcome.sent + 10);
    CHECK(outcome.elapsed < 600ms);
    check_that_counts_add_up(outcome);
  }
}

TEST_CASE("a stop request ends the run and keeps what was measured") {
  const TcpServer server([](Peer& peer) {
    while (peer.read_request()) {
      if (peer.number() == 0) return peer.wait_until_closed();
      peer.send(kOk);
    }
  });
  load::Plan plan = plan_for(server);
  plan.qps = 200;
  plan.duration = std::chrono::hours(1);
  base::StopFlag stop;
  load::Progress last;
  const auto outcome = load::run(
      plan,
      [&](const load::Progress& progress) {
        last = progress;
        if (progress.completed > 20) stop.request();
      },
      stop);
  REQUIRE(outcome.ok());
  CHECK(outcome->interrupted);
  CHECK(outcome->completed > 20);
  CHECK(outcome->abandoned == 1);
  CHECK(outcome->elapsed < std::chrono::minutes(1));
  CHECK(last.p50_ns > 0);
  CHECK(last.recent_qps > 0);
  check_that_counts_add_up(*outcome);
}

TEST_CASE("a Unix socket and an overridden address are called instead of the host of the URL") {
  const std::string path = "/tmp/weft-load-test-" + std::to_string(::getpid());
  {
    std::string host;
    const TcpServer server(
        [&](Peer& peer) {
          while (peer.read_request()) {
            host = peer.request();
            peer.send(kOk);
          }
        },
        path);
    load::Plan plan = plan_for(80);
    plan.target.url.host = "app.example";
    plan.target.unix_socket = path;
    plan.connections = 1;
    plan.requests = 20;
    CHECK(run(plan).completed == 20);
    CHECK(host.find("Host: app.example\r\n") != std::string::npos);
  }
  ::unlink(path.c_str());

  const TcpServer server(answering(kOk));
  load::Plan plan = plan_for(server);
  plan.target.url.host = "app.example";
  plan.target.resolve = {{"app.example:" + std::to_string(server.port()), "127.0.0.1"}};
  plan.requests = 20;
  CHECK(run(plan).completed == 20);

  const TcpServer other(answering(kOk));
  plan.target.connect_to = {{"127.0.0.1", server.port()}, {"localhost", other.port()}};
  CHECK(run(plan).completed == 20);
  CHECK(other.connections() > 0);  // they take turns
}

TEST_CASE("where the first address refuses, the next one is used") {
  const TcpServer server(answering(kOk));
  load::Plan plan = plan_for(server);
  const std::string name = "app.example:" + std::to_string(server.port());
  plan.target.url.host = "app.example";
  plan.target.resolve = {{name, "::1"}, {name, "127.0.0.1"}};
  plan.requests = 20;
  const auto outcome = run(plan);
  CHECK(outcome.completed == 20);
  CHECK(lost(outcome) == 0);
}
