#include <catch2/catch.hpp>
#include <thread>

#include "lib/grpc/client.h"
#include "lib/grpc/frame.h"
#include "lib/grpc/reflection.h"
#include "lib/grpc/wire.h"
#include "lib/serve/grpc_call.h"
#include "lib/serve/service.h"
#include "lib/serve/test_client.h"

using namespace std::chrono_literals;
using Catch::Contains;
using weft::grpc::StatusCode;
using weft::serve::Service;
using weft::serve::ServiceOptions;

namespace grpc = weft::grpc;
namespace net = weft::net;

namespace {

std::unique_ptr<Service> start(ServiceOptions options = {}) {
  options.host = "127.0.0.1";
  return Service::start(std::move(options)).value();
}

grpc::Call call_of(const Service& service, std::string method, std::string message = "") {
  grpc::Call call;
  call.url = net::parse_url(service.url()).value();
  call.method = std::move(method);
  call.messages = {std::move(message)};
  return call;
}

grpc::CallAnswer answer_of(const grpc::Call& call) {
  auto answer = grpc::call(call);
  if (!answer.ok()) FAIL(answer.error().message);
  CHECK(answer->http_status == 200);
  return *std::move(answer);
}

std::string named(std::string_view service) {
  std::string out;
  grpc::put_string(out, 1, service);
  return out;
}

const std::string kServing = "\x08\x01", kNotServing = "\x08\x02", kServiceUnknown = "\x08\x03";

}  // namespace

TEST_CASE("the health of the service and of each gRPC service is told") {
  const auto service = start();
  for (const std::string_view name : {"", "grpc.health.v1.Health", "fgrpc.PingServer"}) {
    const auto answer = answer_of(call_of(*service, "grpc.health.v1.Health/Check", named(name)));
    CHECK(answer.status.code == StatusCode::ok);
    CHECK(answer.messages == std::vector{kServing});
    CHECK(answer.field("content-type") == "application/grpc");
  }
  const auto other =
      answer_of(call_of(*service, "grpc.health.v1.Health/Check", named("shop.Cart")));
  CHECK(other.status.code == StatusCode::not_found);
  CHECK(other.messages.empty());
}

TEST_CASE("a watch of health lasts until its deadline") {
  const auto service = start();
  auto call = call_of(*service, "grpc.health.v1.Health/Watch");
  call.metadata = {{"grpc-timeout", "50m"}};
  const auto answer = answer_of(call);
  CHECK(answer.messages == std::vector{kServing});
  CHECK(answer.status.code == StatusCode::deadline_exceeded);
  call.messages = {named("shop.Cart")};
  CHECK(answer_of(call).messages == std::vector{kServiceUnknown});
}

TEST_CASE("who watches is told that the service drains, and does not keep it from ending") {
  const auto service = start();
  std::thread stopper([&] {
    const auto watched = [&] {
      return weft::serve::exchange(service->port(), "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
                 .find("weft_requests_in_flight 1\n") != std::string::npos;
    };
    while (!watched()) std::this_thread::sleep_for(1ms);
    service->stop();
  });
  const auto answer = answer_of(call_of(*service, "grpc.health.v1.Health/Watch"));
  stopper.join();
  CHECK(answer.messages == std::vector{kServing, kNotServing});
  CHECK(answer.status.code == StatusCode::unavailable);
  service->join();
  CHECK(service->drained_in_time());
}

TEST_CASE("a ping comes back with its payload and the time of the service") {
  const auto service = start();
  std::string message;
  grpc::put_uint(message, 1, 7);
  grpc::put_string(message, 3, std::string(100'000, 'x'));
  grpc::put_uint(message, 4, 1'000'000);
  const auto answer = answer_of(call_of(*service, "fgrpc.PingServer/Ping", message));
  REQUIRE(answer.messages.size() == 1);
  grpc::WireReader reader(answer.messages[0]);
  std::uint64_t seq = 0, at = 0;
  std::string_view payload;
  while (const auto field = reader.next()) {
    if (field->number == 1) seq = field->value;
    if (field->number == 2) at = field->value;
    if (field->number == 3) payload = field->bytes;
  }
  CHECK_FALSE(reader.failed());
  CHECK(seq == 7);
  CHECK(at > 1'600'000'000'000'000'000u);
  CHECK(payload == std::string(100'000, 'x'));
}

TEST_CASE("reflection tells what the services look like, and which there are") {
  const auto service = start();
  const grpc::Call server = call_of(*service, "");
  auto schema = grpc::reflect(server, "grpc.health.v1.Health");
  REQUIRE(schema.ok());
  CHECK(schema->find_method("grpc.health.v1.Health/Watch")->server_streams);
  CHECK(schema->find_message("grpc.health.v1.HealthCheckRequest") != nullptr);
  schema = grpc::reflect(server, "fgrpc.Ping");
  REQUIRE_FALSE(schema.ok());
  CHECK_THAT(schema.error().message, Contains("does not know the service fgrpc.Ping"));
  CHECK_THAT(schema.error().remedy, Contains("it has grpc.health.v1.Health, fgrpc.PingServer"));
}

TEST_CASE("what cannot be answered has a status that says why") {
  const auto service = start();
  const auto status = [](const grpc::Call& call) { return answer_of(call).status; };
  CHECK(status(call_of(*service, "shop.Cart/Add")).code == StatusCode::unimplemented);
  CHECK(status(call_of(*service, "shop.Cart/Add")).message == "unknown method /shop.Cart/Add");
  CHECK(status(call_of(*service, "fgrpc.PingServer/Ping", "\x12\xff")).code ==
        StatusCode::invalid_argument);
  auto call = call_of(*service, "fgrpc.PingServer/Ping");
  call.messages.clear();
  CHECK(status(call).code == StatusCode::internal);
  call.messages = {std::string(5 << 20, 'x')};
  CHECK(status(call).code == StatusCode::resource_exhausted);
  call.messages = {""};
  call.metadata = {{"grpc-timeout", "soon"}};
  CHECK(status(call).code == StatusCode::internal);
}

TEST_CASE("faults apply to gRPC, with the statuses that gRPC has for those of HTTP") {
  ServiceOptions options;
  options.faults = "status=503";
  const auto service = start(options);
  CHECK(answer_of(call_of(*service, "fgrpc.PingServer/Ping")).status.code ==
        StatusCode::unavailable);
  CHECK(answer_of(call_of(*service, "grpc.health.v1.Health/Check")).status.code == StatusCode::ok);

  auto call = call_of(*service, "fgrpc.PingServer/Ping");
  call.metadata = {{"x-weft-fault", "status=200; abort=reset"}};
  auto cut = grpc::call(call);
  REQUIRE_FALSE(cut.ok());
  CHECK_THAT(cut.error().message, Contains("reset the stream (INTERNAL_ERROR)"));
  call.metadata = {{"x-weft-fault", "status=200; hang"}};
  call.timeout = 100ms;
  cut = grpc::call(call);
  REQUIRE_FALSE(cut.ok());
  CHECK(cut.error().code == weft::base::ExitCode::timeout);
  call.metadata = {{"x-weft-fault", "fly"}};
  CHECK(answer_of(call).status.code == StatusCode::invalid_argument);
}

TEST_CASE("a delay that is longer than the deadline ends with the deadline") {
  const auto service = start();
  auto call = call_of(*service, "fgrpc.PingServer/Ping");
  call.metadata = {{"x-weft-fault", "delay=20s"}, {"grpc-timeout", "30m"}};
  CHECK(answer_of(call).status.code == StatusCode::deadline_exceeded);
  call.metadata = {{"x-weft-fault", "delay=1ms"}, {"grpc-timeout", "5S"}};
  CHECK(answer_of(call).status.code == StatusCode::ok);
}

TEST_CASE("gRPC calls are counted by their status") {
  const auto service = start();
  answer_of(call_of(*service, "grpc.health.v1.Health/Check"));
  answer_of(call_of(*service, "shop.Cart/Add"));
  const auto metrics = weft::serve::exchange(
      service->port(), "GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  CHECK_THAT(metrics, Contains("weft_requests_total{path=\"grpc\",code=\"0\"} 1\n"));
  CHECK_THAT(metrics, Contains("weft_requests_total{path=\"grpc\",code=\"12\"} 1\n"));
  CHECK_THAT(metrics, Contains("weft_requests_in_flight 0\n"));
}
