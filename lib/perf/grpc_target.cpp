#include "lib/perf/grpc_target.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/grpc/describe.h"
#include "lib/grpc/frame.h"
#include "lib/grpc/json.h"
#include "lib/grpc/reflection.h"

namespace weft::perf {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr std::string_view kHealth = "/grpc.health.v1.Health/Check";
constexpr std::int64_t kMostMessages = 1'000'000'000;

Result<grpc::Schema> reflected(const load::Plan& plan, const std::string& service) {
  grpc::Call server;
  server.url = plan.target.url;
  server.timeout = plan.timeout;
  server.tls = plan.target.tls;
  server.unix_socket = plan.target.unix_socket;
  server.resolve = plan.target.resolve;
  server.proxy = plan.target.proxy;
  if (!plan.target.connect_to.empty()) server.connect_to = plan.target.connect_to.front();
  for (const auto& [name, value] : plan.target.headers)
    server.metadata.emplace_back(base::lower(name), value);
  return grpc::reflect(std::move(server), service);
}

Result<grpc::Schema> schema_for(const Spec& spec, const load::Plan& plan,
                                const std::string& method) {
  if (spec.descriptors) {
    grpc::Schema schema;
    WEFT_CHECK(schema.add_set(*spec.descriptors, "the file of --descriptors"));
    return schema;
  }
  if (grpc::builtin_schema().find_method(method) != nullptr) return grpc::builtin_schema();
  return reflected(plan, method.substr(0, method.find('/')));
}

Result<std::string> message_of(const Spec& spec, const grpc::Schema& schema,
                               const std::string& type) {
  auto document = doc::read_json(doc::Source("--body", spec.body.value_or("{}")));
  if (!document.ok()) {
    document.error().remedy = "a message is given in JSON, as in --body '{\"name\": \"value\"}'";
    return std::move(document).error();
  }
  return grpc::encode_json(schema, type, *document);
}

Result<load::GrpcMethod> call_of(const Spec& spec, const grpc::MethodType& method) {
  load::GrpcMethod call{method.client_streams, method.server_streams, 0};
  if (!spec.messages) return call;
  if (!method.client_streams && !method.server_streams)
    return Error{ExitCode::usage,
                 fmt::format("--messages is for streams: {} is not one", method.name),
                 "leave it out"};
  if (*spec.messages < 1 || *spec.messages > kMostMessages)
    return Error{ExitCode::usage, fmt::format("--messages is {}", *spec.messages),
                 fmt::format("give 1 to {}", kMostMessages)};
  call.messages = static_cast<std::uint64_t>(*spec.messages);
  return call;
}

}  // namespace

Result<void> set_grpc(const Spec& spec, load::Plan& plan) {
  load::Target& target = plan.target;
  if (spec.method)
    return Error{ExitCode::usage, "--method is for HTTP: gRPC names its method in the URL",
                 "grpc://HOST:PORT/PACKAGE.SERVICE/METHOD"};
  if (target.url.target == "/") target.url.target = kHealth;
  const std::string name = target.url.target.substr(1);
  if (std::count(name.begin(), name.end(), '/') != 1 || name.starts_with('/') ||
      name.ends_with('/') || name.find('?') != std::string::npos)
    return Error{ExitCode::usage, fmt::format("\"{}\" is not a method of gRPC", name),
                 "grpc://HOST:PORT/PACKAGE.SERVICE/METHOD"};
  WEFT_TRY(schema, schema_for(spec, plan, name));
  const grpc::MethodType* method = schema.find_method(name);
  if (method == nullptr)
    return Error{ExitCode::input,
                 fmt::format("there is no method {}{}", name,
                             base::did_you_mean(name, schema.method_names())),
                 "the descriptors have " + base::join(schema.method_names(), ", ")};
  WEFT_TRY(call, call_of(spec, *method));
  plan.grpc = call;
  WEFT_TRY(message, message_of(spec, schema, method->input));
  target.body = grpc::frame(message);
  target.method = "POST";
  std::erase_if(target.headers, [](const auto& header) {
    return base::equal_ignoring_case(header.first, "content-type");
  });
  target.headers.insert(
      target.headers.end(),
      {{"te", "trailers"},
       {"content-type", "application/grpc"},
       {"grpc-timeout", grpc::encode_timeout(spec.deadline.value_or(plan.timeout))}});
  return {};
}

}  // namespace weft::perf
