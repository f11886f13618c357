// Echoes over gRPC, field by field.
#include <catch2/catch.hpp>
#include <map>

#include "lib/grpc/client.h"
#include "lib/grpc/wire.h"
#include "lib/pki/issue.h"
#include "lib/serve/journal.h"
#include "lib/serve/service.h"
#include "lib/testkit/temp_dir.h"

using namespace std::chrono_literals;
using weft::grpc::StatusCode;
using weft::serve::Service;
using weft::serve::ServiceOptions;

namespace grpc = weft::grpc;
namespace net = weft::net;

namespace {

std::unique_ptr<Service> start(ServiceOptions options = {}) {
  options.host = "127.0.0.1";
  options.identity = {.service = "app-a", .pod = "pod-1", .pod_namespace = "ns", .version = "v1"};
  return Service::start(std::move(options)).value();
}

grpc::CallAnswer call(const Service& service, std::string method,
                      std::vector<std::string> messages = {""}) {
  grpc::Call wanted;
  wanted.url = net::parse_url(service.url()).value();
  wanted.method = std::move(method);
  wanted.messages = std::move(messages);
  wanted.metadata = {{"x-one", "1"}, {"user-agent", "t"}, {"b-bin", "AA"}};
  wanted.tls.verify = false;
  auto answer = grpc::call(wanted);
  if (!answer.ok()) FAIL(answer.error().message);
  return *std::move(answer);
}

// The fields of a message that are texts or messages, by number.
std::multimap<unsigned, std::string> fields_of(std::string_view message) {
  std::multimap<unsigned, std::string> out;
  grpc::WireReader reader(message);
  while (const auto field = reader.next())
    out.emplace(field->number, field->type == grpc::WireType::bytes ? std::string(field->bytes)
                                                                    : std::to_string(field->value));
  CHECK_FALSE(reader.failed());
  return out;
}

std::string first(const std::multimap<unsigned, std::string>& fields, unsigned number) {
  const auto found = fields.find(number);
  return found == fields.end() ? "" : found->second;
}

std::string payload(std::string_view text, std::uint64_t count = 0) {
  std::string out;
  grpc::put_string(out, 1, text);
  if (count > 0) grpc::put_uint(out, 2, count);
  return out;
}

std::string header(std::string_view name, std::string_view value) {
  std::string out;
  grpc::put_string(out, 1, name);
  grpc::put_string(out, 2, value);
  return out;
}

}  // namespace

TEST_CASE("our own echo tells who answered, in all kinds of streams") {
  const auto service = start();
  const auto one = fields_of(call(*service, "weft.v1.Echo/Echo", {payload("p")}).messages.at(0));
  CHECK(first(one, 1) == "p");
  CHECK(first(one, 2) == "app-a");
  CHECK(first(one, 4) == "/weft.v1.Echo/Echo");
  CHECK(first(one, 8) == "1");
  CHECK(call(*service, "weft.v1.Echo/Repeat", {payload("p", 5)}).messages.size() == 5);
  CHECK(call(*service, "weft.v1.Echo/Repeat", {payload("p", 1u << 30)}).status.code ==
        StatusCode::resource_exhausted);
  const auto collected = call(*service, "weft.v1.Echo/Collect", {payload("p"), payload("q")});
  CHECK(first(fields_of(collected.messages.at(0)), 1) == "q");
  CHECK(first(fields_of(collected.messages.at(0)), 8) == "2");
  CHECK(call(*service, "weft.v1.Echo/Converse", {payload("p"), payload("q")}).messages.size() == 2);
  CHECK(call(*service, "weft.v1.Echo/Echo", {"\x0a\x7f"}).status.code ==
        StatusCode::invalid_argument);
}

TEST_CASE("echo-basic's GrpcEcho asserts what it saw") {
  const auto service = start();
  const auto answer =
      call(*service, "gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/EchoTwo");
  const auto response = fields_of(answer.messages.at(0));
  CHECK(response.size() == 1);
  const auto assertions = fields_of(first(response, 1));
  CHECK(first(assertions, 1) == "/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/EchoTwo");
  const std::string authority = "127.0.0.1:" + std::to_string(service->port());
  std::vector<std::string> headers;
  const auto [begin, end] = assertions.equal_range(2);
  for (auto at = begin; at != end; ++at) headers.push_back(at->second);
  CHECK(headers == std::vector{header(":authority", authority), header("b-bin", "AA"),
                               header("content-type", "application/grpc"),
                               header("user-agent", "t"), header("x-one", "1")});
  CHECK(first(assertions, 3) == authority);
  CHECK(fields_of(first(assertions, 4)) ==
        std::multimap<unsigned, std::string>{{1, "ns"}, {3, "app-a"}, {4, "pod-1"}});
  const auto three =
      call(*service, "gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/EchoThree");
  CHECK(three.status.code == StatusCode::unimplemented);
  CHECK(three.status.message == "method EchoThree not implemented");
}

TEST_CASE("echo-basic's GrpcEcho asserts what TLS has agreed on") {
  const auto made =
      weft::pki::issue_leaf({"shop", weft::base::system_clock().wall(), 1}, {"127.0.0.1"});
  ServiceOptions options;
  options.ports = {{.tls = net::TlsServerOptions{.identity = {made->certificate, made->key}}}};
  const auto service = start(options);
  const auto answer = call(*service, "gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/Echo");
  const auto tls = fields_of(first(fields_of(first(fields_of(answer.messages.at(0)), 1)), 5));
  CHECK(first(tls, 1) == "TLSv1.3");
  CHECK(first(tls, 2) == "h2");
}

TEST_CASE("Istio's EchoTestService answers in lines") {
  ServiceOptions options;
  options.dialect = weft::serve::Dialect::istio;
  const auto service = start(options);
  const std::string port = std::to_string(service->port());
  const auto answer = call(*service, "proto.EchoTestService/Echo", {payload("hello")});
  CHECK(first(fields_of(answer.messages.at(0)), 1) ==
        "Host=127.0.0.1:" + port + "\nRequestHeader=:authority:127.0.0.1:" + port +
            "\nRequestHeader=content-type:application/grpc\nRequestHeader=user-agent:t\n"
            "RequestHeader=x-one:1\nStatusCode=200\nServiceVersion=v1\nServicePort=" +
            port + "\nNamespace=ns\nIP=127.0.0.1\nProto=GRPC\nEcho=hello\n");
}

TEST_CASE("the journal knows calls of gRPC, but not questions about health") {
  const weft::testkit::TempDir dir;
  ServiceOptions options;
  options.journal_socket = dir.path() + "/journal.sock";
  const auto service = start(options);
  call(*service, "weft.v1.Echo/Echo", {payload("p")});
  call(*service, "grpc.health.v1.Health/Check");
  const auto lines = weft::serve::read_journal(options.journal_socket, 0, "", 5s);
  REQUIRE(lines.ok());
  CHECK(std::ranges::count(*lines, '\n') == 1);
  CHECK_THAT(*lines, Catch::Contains(R"("method":"POST","target":"/weft.v1.Echo/Echo")"));
}
