// The load engine against the sample service over gRPC, TCP and UDP.
#include <poll.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <numeric>
#include <thread>

#include "lib/grpc/frame.h"
#include "lib/load/engine.h"
#include "lib/net/connect.h"
#include "lib/perf/record.h"
#include "lib/perf/spec.h"
#include "lib/pki/issue.h"
#include "lib/serve/service.h"
#include "lib/testkit/tcp_server.h"

namespace weft {
namespace {

using namespace std::chrono_literals;
using load::ErrorClass;

std::unique_ptr<serve::Service> start(serve::ServiceOptions options = {}) {
  options.host = "127.0.0.1";
  return serve::Service::start(std::move(options)).value();
}

perf::Spec spec_for(const serve::Service& service, const std::string& method,
                    const std::string& scheme = "grpc") {
  perf::Spec spec;
  spec.url = scheme + "://127.0.0.1:" + std::to_string(service.port()) + method;
  spec.connections = 2;
  spec.requests = 100;
  spec.threads = 1;
  spec.seed = 1;
  return spec;
}

load::Outcome run(const load::Plan& plan) {
  const base::StopFlag stop;
  auto outcome = load::run(plan, nullptr, stop);
  if (!outcome.ok()) FAIL(outcome.error().message);
  CHECK(outcome->planned == outcome->sent + outcome->skipped);
  CHECK(outcome->latency.count() == outcome->completed);
  return *std::move(outcome);
}

load::Plan plan_of(const perf::Spec& spec) {
  auto plan = perf::to_plan(spec);
  if (!plan.ok()) FAIL(plan.error().message);
  return *std::move(plan);
}

std::string refusal(const perf::Spec& spec) {
  const auto plan = perf::to_plan(spec);
  REQUIRE_FALSE(plan.ok());
  return plan.error().message;
}

std::uint64_t errors(const load::Outcome& outcome, ErrorClass error) {
  return outcome.errors[static_cast<std::size_t>(error)];
}

TEST_CASE("calls over gRPC are answered with the status OK, health and ping being built in") {
  const auto service = start();
  for (const std::string method : {"", "/grpc.health.v1.Health/Check", "/fgrpc.PingServer/Ping"}) {
    perf::Spec spec = spec_for(*service, method);
    spec.streams = 5;
    const auto outcome = run(plan_of(spec));
    CHECK(outcome.completed == 100);
    CHECK(outcome.statuses[0] == 100);
    CHECK(outcome.messages_sent == 100);
    CHECK(outcome.messages_received == 100);
    CHECK(outcome.message_latency.count() == 0);
    CHECK(outcome.first_error.empty());
  }
}

TEST_CASE("gRPC over TLS is agreed on by ALPN") {
  const auto now = base::system_clock().wall();
  const auto root = pki::issue_root({"root.example", now, 1000}).value();
  const auto leaf = pki::issue_leaf({"leaf", now, 100}, {"127.0.0.1"}, &root).value();
  serve::ServiceOptions options;
  options.tls = net::TlsServerOptions{{leaf.certificate, leaf.key}, ""};
  const auto service = start(std::move(options));
  perf::Spec spec = spec_for(*service, "/fgrpc.PingServer/Ping", "grpcs");
  spec.tls.ca = root.certificate;
  spec.body = R"({"payload": "hello"})";
  const auto outcome = run(plan_of(spec));
  CHECK(outcome.statuses[0] == 100);
  CHECK(outcome.handshake_time.count() == 2);
}

TEST_CASE("a method that is not built in is described by the server") {
  const auto service = start();
  perf::Spec spec = spec_for(*service, "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo");
  CHECK(refusal(spec).find("names the service") != std::string::npos);
  CHECK(refusal(spec_for(*service, "/shop.Cart/Add")).find("does not know the service") !=
        std::string::npos);
  CHECK(refusal(spec_for(*service, "/fgrpc.PingServer/Pong")).find("did you mean") !=
        std::string::npos);
}

// A proxy of HTTP that tunnels to that port, whatever it is asked for.
testkit::TcpServer::Script tunnel_to(std::uint16_t port) {
  return [port](testkit::Peer& client) {
    net::Dial target = net::dial(*net::parse_address("127.0.0.1", port));
    const int fd = target.fd.get();
    pollfd ready{fd, POLLOUT, 0};
    if (!client.read_request() || ::poll(&ready, 1, 5000) != 1) return;
    if (!client.send("HTTP/1.1 200 Connection established\r\n\r\n")) return;
    std::thread back([&] {
      char buffer[4096];
      pollfd readable{fd, POLLIN, 0};
      while (::poll(&readable, 1, 5000) == 1) {
        const ssize_t size = ::recv(fd, buffer, sizeof buffer, 0);
        if (size <= 0 || !client.send({buffer, static_cast<std::size_t>(size)})) break;
      }
      client.end();
    });
    for (std::string bytes = client.read_some(); !bytes.empty(); bytes = client.read_some())
      if (::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) break;
    ::shutdown(fd, SHUT_RDWR);
    back.join();
  };
}

TEST_CASE("a method is described through the proxy, or at the address, that calls go to") {
  const auto service = start();
  const testkit::TcpServer proxy(tunnel_to(service->port()));
  perf::Spec spec = spec_for(*service, "/weft.v1.Echo/Echo");
  spec.url = "grpc://shop.invalid:50051/weft.v1.Echo/Echo";
  spec.proxy = "127.0.0.1:" + std::to_string(proxy.port());
  spec.requests = 3;
  CHECK(run(plan_of(spec)).completed == 3);
  CHECK(proxy.connections() >= 2);
  spec.proxy.reset();
  spec.connect_to = {{"127.0.0.1", service->port()}};
  CHECK(run(plan_of(spec)).completed == 3);
}

TEST_CASE("a status but OK is an error under its own name, and its message is kept") {
  const auto service = start();
  perf::Spec spec = spec_for(*service, "/grpc.health.v1.Health/Check");
  spec.body = R"({"service": "shop.Cart"})";
  load::Plan plan = plan_of(spec);
  const auto outcome = run(plan);
  CHECK(outcome.completed == 100);
  CHECK(outcome.statuses[5] == 100);
  CHECK(errors(outcome, ErrorClass::status) == 100);
  CHECK(outcome.first_error == "NOT_FOUND: unknown service");
  const auto made = perf::record(spec, plan, outcome, {});
  CHECK(made.counts.statuses == std::map<std::string, std::uint64_t>{{"NOT_FOUND", 100}});
  CHECK(made.setup.protocol == "grpc");
  CHECK(made.counts.messages_sent == 100);
}

TEST_CASE("the deadline goes to the server, which ends the call in time") {
  const auto service = start();
  perf::Spec spec = spec_for(*service, "/fgrpc.PingServer/Ping");
  spec.body = R"({"delayNanos": "20000000000"})";
  spec.deadline = 20ms;
  spec.requests = 8;
  const auto outcome = run(plan_of(spec));
  CHECK(outcome.statuses[4] == 8);
  CHECK(errors(outcome, ErrorClass::timeout) == 0);
}

TEST_CASE("a server's stream is left when as many messages came as were wanted") {
  const auto service = start();
  perf::Spec spec = spec_for(*service, "/grpc.health.v1.Health/Watch");
  spec.messages = 1;
  const auto outcome = run(plan_of(spec));
  CHECK(outcome.statuses[0] == 100);
  CHECK(outcome.messages_received == 100);
  CHECK(outcome.message_latency.count() == 100);
}

TEST_CASE("a server's stream without end ends with its deadline") {
  const auto service = start();
  perf::Spec spec = spec_for(*service, "/grpc.health.v1.Health/Watch");
  spec.deadline = 20ms;
  spec.requests = 4;
  const auto outcome = run(plan_of(spec));
  CHECK(outcome.statuses[4] == 4);
  CHECK(outcome.messages_received == 4);
}

// The reflection of the service answers one message with one, as long as the client likes.
load::Plan reflection_plan(const serve::Service& service, std::uint64_t messages) {
  load::Plan plan = plan_of(spec_for(service, "/fgrpc.PingServer/Ping"));
  plan.target.url.target = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
  plan.target.body = grpc::frame("\x3a\x00");
  plan.target.body = grpc::frame(std::string_view("\x3a\x00", 2));
  plan.grpc = load::GrpcMethod{true, true, messages};
  return plan;
}

TEST_CASE("messages of a stream both ways go in turn, each with a latency of its own") {
  const auto service = start();
  const auto outcome = run(reflection_plan(*service, 20));
  CHECK(outcome.statuses[0] == 100);
  CHECK(outcome.messages_sent == 2000);
  CHECK(outcome.messages_received == 2000);
  CHECK(outcome.message_latency.count() == 2000);
}

TEST_CASE("the messages of a client's stream are many, its answer is one") {
  const auto service = start();
  load::Plan plan = plan_of(spec_for(*service, "/fgrpc.PingServer/Ping"));
  plan.target.body = grpc::frame(std::string(1000, '\0'));
  plan.grpc = load::GrpcMethod{true, false, 50};
  const auto outcome = run(plan);  // a unary method: the service answers the first, and resets
  CHECK(outcome.completed == 100);
  CHECK(outcome.messages_received <= 100);
}

TEST_CASE("faults of the service reach the figures of gRPC") {
  const auto service = start();
  perf::Spec spec = spec_for(*service, "/fgrpc.PingServer/Ping");
  spec.headers = {{"X-Weft-Fault", "abort=reset@50%"}};
  const auto outcome = run(plan_of(spec));
  CHECK(errors(outcome, ErrorClass::stream_reset) + outcome.completed == 100);
  CHECK(errors(outcome, ErrorClass::stream_reset) == outcome.resets[2]);
  CHECK(outcome.completed > 0);
}

TEST_CASE("an open loop over gRPC sends what was planned") {
  const auto service = start();
  perf::Spec spec = spec_for(*service, "");
  spec.requests.reset();
  spec.duration = 500ms;
  spec.rate = perf::Rate{400};
  const auto outcome = run(plan_of(spec));
  CHECK(outcome.completed == 200);
}

TEST_CASE("the echoes of the service over TCP and UDP come back") {
  serve::ServiceOptions options;
  options.ports = {{.protocol = serve::Protocol::http},
                   {.protocol = serve::Protocol::tcp},
                   {.protocol = serve::Protocol::udp}};
  const auto service = start(std::move(options));
  for (const serve::OpenPort& port : service->ports()) {
    if (port.protocol == serve::Protocol::http) continue;
    perf::Spec spec;
    spec.url = port.url;
    spec.connections = 4;
    spec.requests = 200;
    const load::Plan plan = plan_of(spec);
    const auto outcome = run(plan);
    CHECK(outcome.completed == 200);
    CHECK(outcome.bytes_received == outcome.bytes_sent);
    const auto made = perf::record(spec, plan, outcome, {});
    CHECK(made.setup.protocol + "://" == port.url.substr(0, 6));
    CHECK(made.counts.statuses.empty());
  }
}

TEST_CASE("HTTP that is asked for gRPC, and what makes no sense over it, is refused") {
  const auto service = start();
  perf::Spec spec = spec_for(*service, "/echo");
  CHECK(refusal(spec) == "\"echo\" is not a method of gRPC");
  spec = spec_for(*service, "");
  spec.messages = 5;
  CHECK(refusal(spec) == "--messages is for streams: grpc.health.v1.Health/Check is not one");
  spec = spec_for(*service, "");
  spec.method = "GET";
  CHECK(refusal(spec) == "--method is for HTTP: gRPC names its method in the URL");
  spec = spec_for(*service, "");
  spec.body = "hello";
  CHECK_FALSE(refusal(spec).empty());
  spec.body = R"({"servce": "x"})";
  CHECK(refusal(spec) ==
        "grpc.health.v1.HealthCheckRequest has no field servce (did you mean service?)");
  spec = spec_for(*service, "", "http");
  spec.deadline = 1s;
  CHECK(refusal(spec) == "--deadline is for gRPC");
}

}  // namespace
}  // namespace weft
