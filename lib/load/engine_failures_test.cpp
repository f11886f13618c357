#include "lib/load/engine.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

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

TEST_CASE("a slow loris is given up at the time-out, whatever part of the answer it drips") {
  for (const std::string_view start :
       {std::string_view(), std::string_view("HTTP/1.1 200 OK\r\nA: "),
        std::string_view("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;"),
        std::string_view("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")}) {
    const TcpServer server([start](Peer& peer) {
      while (peer.read_request()) {
        if (peer.number() > 0) {
          peer.send(kOk);
          continue;
        }
        peer.send(start);
        while (peer.send(start.empty() ? "H" : "x")) std::this_thread::sleep_for(20ms);
      }
    });
    load::Plan plan = plan_for(server);
    plan.requests = 20;
    plan.timeout = 300ms;
    const auto outcome = run(plan);
    // An H is no beginning of an answer.
    CHECK(errors(outcome, start.empty() ? ErrorClass::protocol : ErrorClass::timeout) == 1);
    CHECK(outcome.completed == 19);
    check_that_counts_add_up(outcome);
  }
}

TEST_CASE("lengths that lie are protocol errors, each request counted once") {
  const auto protocol_errors = [](std::string_view answer) {
    return errors(run_against(answering(answer)), ErrorClass::protocol);
  };
  for (const std::string_view answer :
       {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello, world\r\n0\r\n\r\n",
        "HTTP/1.1 99999 OK\r\nContent-Length: 0\r\n\r\n"}) {
    INFO(answer);
    CHECK(protocol_errors(answer) == 20);
  }
}

TEST_CASE("bytes that are no UTF-8 in status line, header or body harm nothing") {
  const auto outcome = run_against(answering(
      "HTTP/1.1 200 \xff\xfe\r\nName\x80: \xc0\xaf\r\nContent-Length: 3\r\n\r\n\xff\xfe\xfd"));
  CHECK(outcome.completed + errors(outcome, ErrorClass::protocol) == 20);
}

TEST_CASE("a server that ends its side early is a closed or a short answer, never a wait") {
  const auto before = run_against([](Peer& peer) {
    peer.end();
    peer.wait_until_closed();
  });
  CHECK(errors(before, ErrorClass::closed) == 20);
  const auto within = run_against([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel");
    peer.end();
    peer.wait_until_closed();
  });
  CHECK(errors(within, ErrorClass::short_body) == 20);
  const auto after = run_against([](Peer& peer) {
    peer.read_request();
    peer.send(kOk);
    peer.end();
    peer.wait_until_closed();
  });
  CHECK(after.completed == 20);
}

namespace {

// Leaves the process so many descriptors, for as long as this lives.
class FewDescriptors {
 public:
  explicit FewDescriptors(rlim_t free) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit few = before_;
    few.rlim_cur = kLimit;
    ::setrlimit(RLIMIT_NOFILE, &few);
    for (int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC); fd >= 0;
         fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC))
      taken_.push_back(fd);
    for (; free > 0 && !taken_.empty(); --free) {
      ::close(taken_.back());
      taken_.pop_back();
    }
  }
  ~FewDescriptors() {
    for (const int fd : taken_) ::close(fd);
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;

  static constexpr rlim_t kLimit = 512;

 private:
  rlimit before_{};
  std::vector<int> taken_;
};

}  // namespace

TEST_CASE("where descriptors run out, the run goes on over the connections that there are") {
  const TcpServer server(answering(kOk));
  load::Plan plan = plan_for(server);
  plan.requests = 100;
  plan.connections = 40;
  load::Outcome outcome;
  {
    const FewDescriptors few(20);  // also for the server's ends
    outcome = run(plan);
  }
  CHECK(outcome.sent == 100);
  CHECK(outcome.completed + lost(outcome) == 100);
  CHECK(outcome.first_error.find("ran out of files") != std::string::npos);
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

TEST_CASE("segments that TCP sends again are counted") {
  // A full queue of connections drops the SYN; its repetition a second later finds room.
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* name = reinterpret_cast<sockaddr*>(&address);
  REQUIRE(::bind(listener, name, size) == 0);
  REQUIRE(::listen(listener, 0) == 0);
  REQUIRE(::getsockname(listener, name, &size) == 0);
  const int filler = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(::connect(filler, name, size) == 0);

  std::thread server([listener] {
    std::this_thread::sleep_for(300ms);
    ::close(::accept(listener, nullptr, nullptr));
    const int peer = ::accept(listener, nullptr, nullptr);
    char request[1024];
    if (::recv(peer, request, sizeof request, 0) > 0)
      (void)!::send(peer, kOk.data(), kOk.size(), MSG_NOSIGNAL);
    (void)!::recv(peer, request, sizeof request, 0);  // until the generator has gone
    ::close(peer);
  });
  load::Plan plan = plan_for(ntohs(address.sin_port));
  plan.connections = 1;
  plan.requests = 1;
  plan.timeout = 5s;
  const base::StopFlag stop;
  const auto outcome = load::run(plan, nullptr, stop);
  if (!outcome.ok()) ::shutdown(listener, SHUT_RDWR);  // frees the server from accept()
  server.join();
  ::close(filler);
  ::close(listener);
  REQUIRE(outcome.ok());
  CHECK(outcome->completed == 1);
  CHECK(outcome->retransmits >= 1);
}
