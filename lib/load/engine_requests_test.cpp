// What is asked, by which way and over which connections.
#include <algorithm>
#include <map>
#include <mutex>
#include <set>

#include "lib/load/engine_test.h"

using namespace weft;
using namespace weft::load::testing;
using namespace std::string_literals;
using load::ErrorClass;
using load::Template;

namespace {

load::RequestKind kind(std::string name, std::string_view path, std::uint32_t weight = 1) {
  load::RequestKind out;
  out.name = std::move(name);
  out.weight = weight;
  out.path = Template::compile(path, load::Place::path, {}).value();
  return out;
}

// Answers everything and remembers it.
class Witness {
 public:
  TcpServer::Script script(std::string_view answer = kOk) {
    return [this, answer](Peer& peer) {
      while (peer.read_request()) {
        note(peer);
        peer.send(answer);
      }
    };
  }
  void note(const Peer& peer) {
    const std::lock_guard lock(mutex_);
    const std::string& request = peer.request();
    ++lines_[request.substr(0, request.find("\r\n"))];
    most_ = std::max(most_, ++by_connection_[peer.number()]);
    last_ = request;
  }
  const std::map<std::string, int>& lines() const { return lines_; }
  int most_over_one_connection() const { return most_; }
  const std::string& last() const { return last_; }

 private:
  std::mutex mutex_;
  std::map<std::string, int> lines_;
  std::map<std::size_t, int> by_connection_;
  int most_ = 0;
  std::string last_;
};

}  // namespace

TEST_CASE("kinds of requests are sent in proportion to their weights, each with its figures") {
  for (const unsigned threads : {1u, 2u}) {
    const TcpServer server([](Peer& peer) {
      while (peer.read_request())
        peer.send(peer.request().starts_with("GET /b ")
                      ? "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
                      : kOk);
    });
    load::Plan plan = plan_for(server);
    plan.threads = threads;
    plan.requests = 400;
    plan.kinds = {kind("a", "/a", 6), kind("b", "/b", 2), kind("never", "/c", 0)};
    const auto outcome = run(plan);
    check_that_counts_add_up(outcome);
    REQUIRE(outcome.groups.size() == 3);
    CHECK(outcome.groups[0].name == "a");
    CHECK(outcome.groups[0].sent == 300);
    CHECK(outcome.groups[0].completed == 300);
    CHECK(outcome.groups[0].statuses[200] == 300);
    CHECK(outcome.groups[0].latency.count() == 300);
    CHECK(outcome.groups[1].sent == 100);
    CHECK(outcome.groups[1].errors == 100);
    CHECK(outcome.groups[1].statuses[404] == 100);
    CHECK(outcome.groups[2].sent == 0);
    CHECK(errors(outcome, ErrorClass::status) == 100);
  }
}

TEST_CASE("requests that fail count for their kind") {
  const TcpServer server([](Peer& peer) {
    while (peer.read_request()) {
      if (peer.request().starts_with("POST")) return peer.reset();
      peer.send(kOk);
    }
  });
  load::Plan plan = plan_for(server);
  plan.requests = 40;
  plan.kinds = {kind("good", "/"), kind("bad", "/")};
  plan.kinds[1].method = "POST";
  const auto outcome = run(plan);
  CHECK(outcome.groups[1].errors == 20);
  CHECK(outcome.groups[1].completed == 0);
  CHECK(outcome.groups[0].completed == 20);
  check_that_counts_add_up(outcome);
}

TEST_CASE("kinds of one name share their figures, and beyond fifty names the rest does") {
  const TcpServer server(answering(kOk));
  load::Plan plan = plan_for(server);
  plan.requests = 60;
  for (int i = 0; i < 60; ++i) plan.kinds.push_back(kind(std::to_string(i), "/"));
  const auto many = run(plan);
  REQUIRE(many.groups.size() == 50);
  CHECK(many.groups[48].sent == 1);
  CHECK(many.groups[49].name == "(others)");
  CHECK(many.groups[49].sent == 11);
  plan.kinds = {kind("same", "/a"), kind("same", "/b")};
  CHECK(run(plan).groups.empty());
}

TEST_CASE("values change from request to request, over all threads") {
  Witness witness;
  const TcpServer server(witness.script());
  load::Plan plan = plan_for(server);
  plan.threads = 2;
  plan.requests = 60;
  plan.kinds = {kind("", "/item/{{seq}}")};
  plan.kinds[0].method = "POST";
  plan.kinds[0].headers = {
      {"X-Id", Template::compile("{{uuid}}", load::Place::header, {}).value()}};
  plan.kinds[0].body = Template::compile("{{letters:7}}", load::Place::body, {}).value();
  const auto outcome = run(plan);
  CHECK(outcome.completed == 60);
  CHECK(outcome.groups.empty());
  CHECK(witness.lines().size() == 60);
  for (int i = 0; i < 60; ++i)
    CHECK(witness.lines().count("POST /item/" + std::to_string(i) + " HTTP/1.1") == 1);
  CHECK(witness.last().find("Content-Length: 7\r\n") != std::string::npos);
  CHECK(witness.last().find("X-Id: ") != std::string::npos);
}

TEST_CASE("a request that is repeated is the same request") {
  Witness witness;
  const TcpServer server([&](Peer& peer) {
    for (int i = 0; i < 3 && peer.read_request(); ++i) {
      witness.note(peer);
      peer.send(kOk);
    }
    peer.read_request();
  });
  load::Plan plan = plan_for(server);
  plan.requests = 40;
  plan.kinds = {kind("", "/{{seq}}")};
  const auto outcome = run(plan);
  CHECK(outcome.retries > 0);
  CHECK(outcome.completed == 40);
  CHECK(witness.lines().size() == 40);
}

TEST_CASE("weights that cannot be dealt out are refused") {
  load::Plan plan = plan_for(80);
  plan.requests = 1;
  const base::StopFlag stop;
  plan.kinds = {kind("a", "/", 0)};
  CHECK_FALSE(load::run(plan, nullptr, stop).ok());
  plan.kinds = {kind("a", "/", 4'000'000'000), kind("b", "/", 3'999'999'999)};
  CHECK_FALSE(load::run(plan, nullptr, stop).ok());
}

TEST_CASE("a connection is replaced after its number of requests, and the run notices nothing") {
  Witness witness;
  const TcpServer server(witness.script());
  load::Plan plan = plan_for(server);
  plan.requests = 100;
  plan.renewal.max_requests = 5;
  const auto outcome = run(plan);
  CHECK(outcome.completed == 100);
  CHECK(lost(outcome) == 0);
  CHECK(witness.most_over_one_connection() == 5);
  CHECK(server.connections() >= 20);
  check_that_counts_add_up(outcome);
}

TEST_CASE("connections are replaced by age and by churn beside an open loop") {
  for (const bool by_age : {true, false}) {
    const TcpServer server(answering(kOk));
    load::Plan plan = plan_for(server);
    plan.qps = 200;
    plan.duration = 1s;
    if (by_age)
      plan.renewal.max_age = 50ms;
    else
      plan.renewal.churn = 5;
    const auto outcome = run(plan);
    CHECK(outcome.completed == 200);
    CHECK(server.connections() > 8);
    check_that_counts_add_up(outcome);
  }
}

TEST_CASE("connections come from the address asked for, if it is one of this machine") {
  const TcpServer server(answering(kOk));
  load::Plan plan = plan_for(server);
  plan.requests = 20;
  plan.target.local_addresses = {"::1", "127.0.0.2", "127.0.0.3"};
  CHECK(run(plan).completed == 20);
  plan.target.local_addresses = {"203.0.113.1"};
  const base::StopFlag stop;
  const auto refused = load::run(plan, nullptr, stop);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().message == "cannot connect from 203.0.113.1");
}

namespace {

load::Plan plan_through(const TcpServer& server, const std::string& proxy) {
  load::Plan plan = plan_for(80);
  plan.target.url.host = "shop.example";
  plan.target.proxy =
      net::parse_proxy(proxy + "127.0.0.1:" + std::to_string(server.port())).value();
  plan.requests = 20;
  return plan;
}

}  // namespace

TEST_CASE("a proxy of HTTP is asked for whole URLs and given the credentials") {
  Witness witness;
  const TcpServer server(witness.script());
  CHECK(run(plan_through(server, "http://me:pw@")).completed == 20);
  CHECK(witness.lines().at("GET http://shop.example/ HTTP/1.1") == 20);
  CHECK(witness.last().find("Host: shop.example\r\n") != std::string::npos);
  CHECK(witness.last().find("Proxy-Authorization: Basic bWU6cHc=\r\n") != std::string::npos);
}

TEST_CASE("a tunnel is dug once a connection, and requests go through it as they are") {
  Witness witness;
  const TcpServer server([&](Peer& peer) {
    if (!peer.read_request()) return;
    witness.note(peer);
    peer.send("HTTP/1.1 200 Connec");
    peer.send("tion established\r\n\r\n");
    witness.script()(peer);
  });
  load::Plan plan = plan_through(server, "http://");
  plan.target.tunnel = true;
  const auto outcome = run(plan);
  CHECK(outcome.completed == 20);
  CHECK(outcome.connect_time.count() == 4);
  CHECK(witness.lines().at("CONNECT shop.example:80 HTTP/1.1") == 4);
  CHECK(witness.lines().at("GET / HTTP/1.1") == 20);
}

TEST_CASE("a SOCKS5 proxy is told the name of the target") {
  Witness witness;
  const TcpServer server([&](Peer& peer) {
    for (const auto& [size, answer] :
         {std::pair{4, "\x05\x02"s}, std::pair{8, "\x01\x00"s},
          std::pair{19, "\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50"s}}) {
      if (!peer.read(static_cast<std::size_t>(size))) return;
      witness.note(peer);
      peer.send(answer);
    }
    witness.script()(peer);
  });
  CHECK(run(plan_through(server, "socks5://me:pwd@")).completed == 20);
  CHECK(witness.lines().at("\x05\x02\x00\x02"s) == 4);
  CHECK(witness.lines().at("\x01\x02me\x03pwd"s) == 4);
  CHECK(witness.lines().at("\x05\x01\x00\x03\x0cshop.example\x00\x50"s) == 4);
  CHECK(witness.lines().at("GET / HTTP/1.1") == 20);
}

TEST_CASE("a proxy that refuses, is none, hangs up or stays silent is named") {
  const auto outcome_of = [](const TcpServer::Script& script) {
    const TcpServer server(script);
    load::Plan plan = plan_through(server, "http://");
    plan.target.tunnel = true;
    plan.timeout = 300ms;
    const auto outcome = run(plan);
    check_that_counts_add_up(outcome);
    CHECK(lost(outcome) == 20);
    return outcome;
  };
  const auto refused = outcome_of(answering("HTTP/1.1 403 Forbidden\r\n\r\n"));
  CHECK(errors(refused, ErrorClass::proxy) == 20);
  CHECK(refused.first_error == "the proxy did not connect to the target (403)");
  const auto unknown = outcome_of(answering("HTTP/1.1 407 Who are you\r\n\r\n"));
  CHECK(unknown.first_remedy.find("USER:PASSWORD") != std::string::npos);
  const auto none = outcome_of(answering("220 mail.example\r\n"));
  CHECK(none.first_error == "the proxy does not answer in HTTP");
  CHECK(errors(outcome_of([](Peer& peer) { peer.read_request(); }), ErrorClass::closed) == 20);
  CHECK(errors(outcome_of([](Peer& peer) {
                 peer.read_request();
                 peer.send("HTTP/1.1 200 OK\r\n");
                 peer.close();
               }),
               ErrorClass::closed) == 20);
}

TEST_CASE("a warm-up until the latency settles ends before its limit, or the run is suspect") {
  const TcpServer server(answering_after(1ms));
  load::Plan plan = plan_for(server);
  plan.until_settled = true;
  plan.qps = 100;
  plan.requests = 20;
  SECTION("not settled in so short a time") {
    plan.warmup = 600ms;
    const auto outcome = run(plan);
    CHECK(outcome.warmup == 600ms);
    CHECK_FALSE(outcome.settled_after);
    CHECK(outcome.completed == 20);
    CHECK(outcome.verdict != load::Verdict::valid);
    CHECK(outcome.reasons.back().find("had not settled") != std::string::npos);
    check_that_counts_add_up(outcome);
  }
}
