// The sample service calling others in every protocol, and forwarding as Istio's echo does.
#include "lib/conform/service_calls.h"

#include <catch2/catch.hpp>
#include <string>

#include "lib/conform/client.h"
#include "lib/grpc/client.h"
#include "lib/grpc/wire.h"
#include "lib/serve/service.h"

using Catch::Contains;
using weft::serve::Protocol;
using weft::serve::Service;
using weft::serve::ServiceOptions;

namespace conform = weft::conform;
namespace grpc = weft::grpc;

namespace {

std::unique_ptr<Service> start() {
  ServiceOptions options;
  options.host = "127.0.0.1";
  options.identity = {.service = "app-a", .version = "v1"};
  options.ports = {{}, {.protocol = Protocol::tcp}, {.protocol = Protocol::udp}};
  options.caller = conform::call_for_service;
  options.forwarder = conform::forward_for_service;
  return Service::start(std::move(options)).value();
}

std::string at(const Service& service, std::string_view scheme, std::size_t port = 0) {
  return std::string(scheme) + "://127.0.0.1:" + std::to_string(service.ports()[port].number);
}

conform::Answer call(const Service& service, const std::string& body) {
  conform::Client client(false);
  return client.send({.url = service.url() + "/call", .method = "POST", .body = body}, "");
}

grpc::CallAnswer forward(const Service& service, const std::string& request) {
  grpc::Call wanted;
  wanted.url = weft::net::parse_url(service.url()).value();
  wanted.method = "proto.EchoTestService/ForwardEcho";
  wanted.messages = {request};
  auto answer = grpc::call(wanted);
  if (!answer.ok()) FAIL(answer.error().message + ": " + answer.error().cause);
  return *std::move(answer);
}

}  // namespace

TEST_CASE("a call is made in the protocol of its URL") {
  const auto service = start();
  const auto body = [&](const std::string& url, std::string_view more = "") {
    return call(*service, "{\"url\":\"" + url + "\"" + std::string(more) + "}").body;
  };
  CHECK_THAT(body(at(*service, "h2c") + "/echo"),
             Contains("\"outcome\":\"answered\"") && Contains("HTTP/2.0"));
  CHECK_THAT(body(at(*service, "http") + "/echo", ",\"protocol\":\"h2c\""), Contains("HTTP/2.0"));
  CHECK_THAT(body(at(*service, "grpc") + "/weft.v1.Echo/Echo"),
             Contains("\"grpc_status\":0") && Contains("\"connect\":") && Contains("\"ttfb\":"));
  CHECK_THAT(body(at(*service, "grpc") + "/no.Such/Method"), Contains("\"grpc_status\":12"));
  CHECK_THAT(body(at(*service, "tcp", 1), ",\"body\":\"hi\""), Contains("\"body\":\"hi\""));
  CHECK_THAT(body(at(*service, "udp", 2), ",\"body\":\"hi\""), Contains("\"body\":\"hi\""));
  CHECK_THAT(body(at(*service, "ws") + "/ws", ",\"body\":\"hi\""), Contains("\"body\":\"hi\""));
  CHECK_THAT(body(at(*service, "https") + "/echo"), Contains("\"outcome\":\"protocol\""));
  CHECK_THAT(body(at(*service, "h2c") + "/echo?hang", ",\"timeout\":\"100ms\""),
             Contains("\"outcome\":\"timeout\""));
  const auto refused =
      call(*service, "{\"url\":\"" + at(*service, "h2c") + "\",\"protocol\":\"carrier pigeon\"}");
  CHECK(refused.status == 400);
  CHECK_THAT(refused.body, Contains("\"parameter\":\"protocol\""));
}

TEST_CASE("ForwardEcho returns what Istio's client tells, for every request") {
  const auto service = start();
  std::string request;
  grpc::put_uint(request, 1, 2);
  grpc::put_string(request, 4, at(*service, "tcp", 1));
  grpc::put_string(request, 6, "hello");
  std::string expected;
  grpc::put_string(expected, 1, "hello");
  grpc::put_string(request, 21, expected);
  const auto answer = forward(*service, request);
  REQUIRE(answer.messages.size() == 1);
  std::vector<std::string> outputs;
  grpc::WireReader reader(answer.messages.front());
  while (const auto field = reader.next()) outputs.emplace_back(field->bytes);
  CHECK(outputs ==
        std::vector<std::string>{"[0] SourceIP=127.0.0.1\n[0] Url=" + at(*service, "tcp", 1) +
                                     "\n[0] Echo=hello\n[0 body] hello\n",
                                 "[1] SourceIP=127.0.0.1\n[1] Url=" + at(*service, "tcp", 1) +
                                     "\n[1] Echo=hello\n[1 body] hello\n"});
}

TEST_CASE("ForwardEcho says what it cannot do") {
  const auto service = start();
  const auto message = [&](const std::string& request) {
    const auto answer = forward(*service, request);
    CHECK(answer.status.code == grpc::StatusCode::unknown);
    return answer.status.message;
  };
  std::string request;
  grpc::put_string(request, 4, "foo://a:1");
  CHECK(message(request) == "no protocol handler found for scheme foo");
  grpc::put_uint(request, 15, 1);
  CHECK(message(request) == "HTTP/3 is not spoken here");
  CHECK(message("") == "missing protocol scheme in the request URL: ");
  CHECK(message("\x22\x7f") == "the message is not well-formed");
}
