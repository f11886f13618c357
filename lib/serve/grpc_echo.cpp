// Echoes over gRPC: weft.v1.Echo of our own, the GrpcEcho of echo-basic, and the EchoTestService
// of Istio's echo.
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "lib/base/format.h"
#include "lib/grpc/describe.h"
#include "lib/grpc/wire.h"
#include "lib/serve/echo.h"
#include "lib/serve/grpc_call.h"
#include "lib/serve/istio_echo.h"
#include "lib/serve/worker.h"

namespace weft::serve {
namespace {

using grpc::FieldType;
using grpc::Status;
using grpc::StatusCode;

constexpr std::uint64_t kMostRepeats = 10'000;
constexpr std::uint64_t kMostRepeated = 4u << 20;  // bytes

const Status kMalformed{StatusCode::invalid_argument, "the message is not well-formed"};

void put_text(std::string& out, std::uint32_t number, std::string_view text) {
  if (!text.empty()) grpc::put_string(out, number, text);
}

// What gRPC for Go shows an application of the header: neither how HTTP/2 nor how gRPC frames it.
bool is_shown(std::string_view name) {
  constexpr std::array<std::string_view, 6> kHidden = {
      "te", "grpc-encoding", "grpc-message", "grpc-message-type", "grpc-status", "grpc-timeout"};
  if (name.starts_with(':')) return name == ":authority";
  return std::ranges::count(kHidden, name) == 0;
}

using Metadata = std::map<std::string, std::vector<std::string>>;

Metadata metadata_of(const GrpcCall& call) {
  Metadata out;
  for (const auto& [name, value] : call.fields())
    if (is_shown(name)) out[name].push_back(value);
  return out;
}

// EchoRequest: payload = 1, count = 2.
struct EchoRequest {
  std::string_view payload;
  std::uint64_t count = 1;
};

bool read_request(std::string_view message, EchoRequest& out) {
  grpc::WireReader reader(message);
  while (const auto field = reader.next()) {
    if (field->number == 1 && field->type == grpc::WireType::bytes) out.payload = field->bytes;
    if (field->number == 2 && field->type == grpc::WireType::varint) out.count = field->value;
  }
  return !reader.failed();
}

// EchoResponse: payload = 1, service = 2, pod = 3, method = 4, authority = 5, headers = 6,
// seq = 7, messages = 8, peer = 9.
std::string echo_response(GrpcCall& call, std::string_view payload, std::uint64_t messages) {
  Shared& shared = call.worker().shared();
  std::string out;
  put_text(out, 1, payload);
  put_text(out, 2, shared.options.identity.service);
  put_text(out, 3, shared.options.identity.pod);
  put_text(out, 4, call.field(":path"));
  const std::string_view authority = call.field(":authority");  // a proxy may send Host instead
  put_text(out, 5, authority.empty() ? call.field("host") : authority);
  for (const auto& [name, values] : metadata_of(call)) {
    for (const std::string& value : values) {
      std::string header;
      put_text(header, 1, name);
      put_text(header, 2, value);
      grpc::put_string(out, 6, header);
    }
  }
  grpc::put_uint(out, 7, shared.echo_sequence.fetch_add(1, std::memory_order_relaxed) + 1);
  grpc::put_uint(out, 8, messages);
  put_text(out, 9, peer_text(call.socket()));
  return out;
}

Status echo(GrpcCall& call, std::string_view message, std::string& response) {
  EchoRequest request;
  if (!read_request(message, request)) return kMalformed;
  response = echo_response(call, request.payload, 1);
  if (const auto trailer = call.field("x-weft-trailer"); !trailer.empty())
    call.add_trailer("x-weft-trailer", std::string(trailer));
  return {};
}

class Repeat final : public GrpcHandler {
 public:
  void on_message(GrpcCall& call, std::string_view message) override {
    EchoRequest request;
    if (!read_request(message, request)) return call.finish(kMalformed);
    if (request.count > kMostRepeats ||
        request.count * std::max<std::size_t>(1, request.payload.size()) > kMostRepeated)
      return call.finish({StatusCode::resource_exhausted,
                          fmt::format("at most {} messages of {} bytes in all are repeated",
                                      kMostRepeats, kMostRepeated)});
    for (std::uint64_t i = 1; i <= request.count; ++i)
      call.send(echo_response(call, request.payload, i));
    call.finish();
  }
};

class Collect final : public GrpcHandler {
 public:
  void on_message(GrpcCall& call, std::string_view message) override {
    EchoRequest request;
    if (!read_request(message, request)) return call.finish(kMalformed);
    ++messages_;
    last_ = request.payload;
  }
  void on_end(GrpcCall& call) override {
    call.send(echo_response(call, last_, messages_));
    call.finish();
  }

 private:
  std::uint64_t messages_ = 0;
  std::string last_;
};

class Converse final : public GrpcHandler {
 public:
  void on_message(GrpcCall& call, std::string_view message) override {
    EchoRequest request;
    if (!read_request(message, request)) return call.finish(kMalformed);
    call.send(echo_response(call, request.payload, ++messages_));
  }
  void on_end(GrpcCall& call) override { call.finish(); }
  void on_drain(GrpcCall& call) override { call.finish(); }

 private:
  std::uint64_t messages_ = 0;
};

template <typename Handler>
std::unique_ptr<GrpcHandler> make(GrpcCall&) {
  return std::make_unique<Handler>();
}

// Of echo-basic: Context, TLSAssertions, Assertions, EchoResponse, with the numbers of its file.
std::string context_message(const Identity& identity) {
  std::string out;
  put_text(out, 1, identity.pod_namespace);
  put_text(out, 2, identity.ingress);
  put_text(out, 3, identity.service);
  put_text(out, 4, identity.pod);
  return out;
}

std::string tls_message(const net::TlsFacts& facts) {
  std::string out;
  put_text(out, 1, facts.version);
  put_text(out, 2, facts.protocol);
  put_text(out, 3, facts.server_name);
  put_text(out, 4, facts.cipher);
  for (const net::TlsPeerCertificate& one : facts.peer) grpc::put_string(out, 5, one.pem);
  return out;
}

Status echo_basic(GrpcCall& call, std::string_view, std::string& response) {
  std::string assertions;
  put_text(assertions, 1, call.field(":path"));
  for (const auto& [name, values] : metadata_of(call)) {
    for (const std::string& value : values) {
      std::string header;
      put_text(header, 1, name);
      put_text(header, 2, value);
      grpc::put_string(assertions, 2, header);
    }
  }
  put_text(assertions, 3, call.field(":authority"));
  grpc::put_string(assertions, 4, context_message(call.worker().shared().options.identity));
  if (call.tls() != nullptr) grpc::put_string(assertions, 5, tls_message(call.tls()->facts()));
  grpc::put_string(response, 1, assertions);
  return {};
}

Status echo_basic_three(GrpcCall&, std::string_view, std::string&) {
  return {StatusCode::unimplemented, "method EchoThree not implemented"};
}

// Of Istio: EchoRequest and EchoResponse have a message = 1.
Status istio_echo(GrpcCall& call, std::string_view message, std::string& response) {
  std::string_view text;
  grpc::WireReader reader(message);
  while (const auto field = reader.next())
    if (field->number == 1 && field->type == grpc::WireType::bytes) text = field->bytes;
  if (reader.failed()) return kMalformed;
  std::string lines;
  for (const auto& [name, values] : metadata_of(call)) {
    if (name.ends_with("-bin")) continue;
    if (name == ":authority")
      for (const std::string& value : values) lines += fmt::format("Host={}\n", value);
    for (const std::string& value : values)
      lines += fmt::format("RequestHeader={}:{}\n", name, value);
  }
  lines += istio_grpc_lines(call.port(), peer_host(call.socket()), text, call.worker().shared());
  put_text(response, 1, lines);
  return {};
}

constexpr std::array kMethods = {
    GrpcMethod{.path = "/weft.v1.Echo/Echo", .unary = echo},
    GrpcMethod{.path = "/weft.v1.Echo/Repeat", .begin = make<Repeat>},
    GrpcMethod{.path = "/weft.v1.Echo/Collect", .begin = make<Collect>},
    GrpcMethod{.path = "/weft.v1.Echo/Converse", .begin = make<Converse>},
    GrpcMethod{.path = "/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/Echo",
               .unary = echo_basic},
    GrpcMethod{.path = "/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/EchoTwo",
               .unary = echo_basic},
    GrpcMethod{.path = "/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/EchoThree",
               .unary = echo_basic_three},
    GrpcMethod{.path = "/proto.EchoTestService/Echo", .unary = istio_echo}};

grpc::FileRow weft_file() {
  return {.name = "weft/v1/echo.proto",
          .package = "weft.v1",
          .messages = {{"EchoRequest",
                        {{"payload", 1, FieldType::bytes}, {"count", 2, FieldType::uint64}}},
                       {"Header", {{"key", 1}, {"value", 2}}},
                       {"EchoResponse",
                        {{"payload", 1, FieldType::bytes},
                         {"service", 2},
                         {"pod", 3},
                         {"method", 4},
                         {"authority", 5},
                         {"headers", 6, FieldType::message, "Header", true},
                         {"seq", 7, FieldType::uint64},
                         {"messages", 8, FieldType::uint64},
                         {"peer", 9}}}},
          .services = {{"Echo",
                        {{"Echo", "EchoRequest", "EchoResponse"},
                         {"Repeat", "EchoRequest", "EchoResponse", false, true},
                         {"Collect", "EchoRequest", "EchoResponse", true},
                         {"Converse", "EchoRequest", "EchoResponse", true, true}}}}};
}

grpc::FileRow echo_basic_file() {
  return {
      .name = "grpcecho.proto",
      .package = "gateway_api_conformance.echo_basic.grpcecho",
      .messages = {{"Header", {{"key", 1}, {"value", 2}}},
                   {"Context", {{"namespace", 1}, {"ingress", 2}, {"service_name", 3}, {"pod", 4}}},
                   {"TLSAssertions",
                    {{"version", 1},
                     {"negotiated_protocol", 2},
                     {"server_name", 3},
                     {"cipher_suite", 4},
                     {"peer_certificates", 5, FieldType::string, {}, true}}},
                   {"Assertions",
                    {{"fully_qualified_method", 1},
                     {"headers", 2, FieldType::message, "Header", true},
                     {"authority", 3},
                     {"context", 4, FieldType::message, "Context"},
                     {"tls_assertions", 5, FieldType::message, "TLSAssertions"}}},
                   {"EchoRequest"},
                   {"EchoResponse",
                    {{"assertions", 1, FieldType::message, "Assertions"},
                     {"request", 2, FieldType::message, "EchoRequest"}}}},
      .services = {{"GrpcEcho",
                    {{"Echo", "EchoRequest", "EchoResponse"},
                     {"EchoTwo", "EchoRequest", "EchoResponse"},
                     {"EchoThree", "EchoRequest", "EchoResponse"}}}}};
}

grpc::FileRow istio_file() {
  using enum FieldType;
  return {.name = "test/echo/proto/echo.proto",
          .package = "proto",
          .messages = {{"EchoRequest", {{"message", 1}}},
                       {"EchoResponse", {{"message", 1}}},
                       {"Header", {{"key", 1}, {"value", 2}}},
                       {"Alpn", {{"value", 1, string, {}, true}}},
                       // But for what is not spoken here, see forward.cpp.
                       {"ForwardEchoRequest",
                        {{"count", 1, int32},
                         {"qps", 2, int32},
                         {"timeout_micros", 3, int64},
                         {"url", 4},
                         {"headers", 5, message, "Header", true},
                         {"message", 6},
                         {"method", 9},
                         {"http2", 7, boolean},
                         {"serverFirst", 8, boolean},
                         {"followRedirects", 14, boolean},
                         {"cert", 10},
                         {"key", 11},
                         {"caCert", 12},
                         {"insecureSkipVerify", 19, boolean},
                         {"alpn", 13, message, "Alpn"},
                         {"serverName", 20},
                         {"expectedResponse", 21, message, "google.protobuf.StringValue"},
                         {"newConnectionPerRequest", 22, boolean}}},
                       {"ForwardEchoResponse", {{"output", 1, string, {}, true}}}},
          .services = {{"EchoTestService",
                        {{"Echo", "EchoRequest", "EchoResponse"},
                         {"ForwardEcho", "ForwardEchoRequest", "ForwardEchoResponse"}}}},
          .imports = {"google/protobuf/wrappers.proto"}};
}

grpc::FileRow wrappers_file() {
  return {.name = "google/protobuf/wrappers.proto",
          .package = "google.protobuf",
          .messages = {{"StringValue", {{"value", 1}}}}};
}

}  // namespace

std::span<const GrpcMethod> echo_methods() { return kMethods; }

std::vector<std::string> echo_files() {
  return {grpc::describe(weft_file()), grpc::describe(echo_basic_file()),
          grpc::describe(istio_file()), grpc::describe(wrappers_file())};
}

}  // namespace weft::serve
