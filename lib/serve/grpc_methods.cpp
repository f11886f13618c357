// The gRPC services there are, and two of them: grpc.health.v1.Health, and the ping of fortio.
// A further table of methods goes into grpc_methods(), its descriptors into grpc_files().
#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <vector>

#include "lib/grpc/describe.h"
#include "lib/grpc/wire.h"
#include "lib/serve/grpc_call.h"
#include "lib/serve/worker.h"

namespace weft::serve {
namespace {

using grpc::Status;
using grpc::StatusCode;

enum Health : std::uint64_t { kServing = 1, kNotServing = 2, kServiceUnknown = 3 };

const Status kMalformed{StatusCode::invalid_argument, "the message is not well-formed"};

std::string health_response(Health health) {
  std::string out;
  grpc::put_uint(out, 1, health);
  return out;
}

Health health_of(GrpcCall& call) {
  return call.worker().shared().draining.load(std::memory_order_relaxed) ? kNotServing : kServing;
}

// HealthCheckRequest.service; nothing when the message is malformed.
std::optional<std::string_view> asked_service(std::string_view request) {
  std::string_view service;
  grpc::WireReader reader(request);
  while (const auto field = reader.next())
    if (field->number == 1 && field->type == grpc::WireType::bytes) service = field->bytes;
  if (reader.failed()) return std::nullopt;
  return service;
}

// The empty name is the whole server.
bool is_known_service(std::string_view service) {
  if (service.empty()) return true;
  return std::ranges::any_of(grpc_methods(), [&](const GrpcMethod& method) {
    const std::string_view path = method.path.substr(1);
    return path.starts_with(service) && path.substr(service.size()).starts_with('/');
  });
}

Status check_health(GrpcCall& call, std::string_view request, std::string& response) {
  const auto service = asked_service(request);
  if (!service) return kMalformed;
  if (!is_known_service(*service)) return {StatusCode::not_found, "unknown service"};
  response = health_response(health_of(call));
  return {};
}

// Tells the state now, and that the service is to end when it is.
class HealthWatch final : public GrpcHandler {
 public:
  void on_message(GrpcCall& call, std::string_view message) override {
    const auto service = asked_service(message);
    if (!service) return call.finish(kMalformed);
    known_ = is_known_service(*service);
    if (health_of(call) == kNotServing) return on_drain(call);
    call.send(health_response(known_ ? kServing : kServiceUnknown));
  }
  void on_drain(GrpcCall& call) override {
    if (known_) call.send(health_response(kNotServing));
    call.finish({StatusCode::unavailable, "the service is to end"});
  }

 private:
  bool known_ = false;
};

std::unique_ptr<GrpcHandler> watch_health(GrpcCall&) { return std::make_unique<HealthWatch>(); }

// PingMessage: seq = 1, ts = 2 (of whoever sends it), payload = 3, delayNanos = 4.
Status ping(GrpcCall& call, std::string_view request, std::string& response) {
  grpc::WireReader reader(request);
  while (const auto field = reader.next()) {
    if (field->type == grpc::WireType::bytes) {
      if (field->number == 3) grpc::put_string(response, 3, field->bytes);
    } else if (field->number == 1 || field->number == 4) {
      grpc::put_uint(response, field->number, field->value);
    }
    if (field->number == 4 && field->value <= INT64_MAX)
      call.hold(base::Nanoseconds(static_cast<std::int64_t>(std::min<std::uint64_t>(
          field->value, base::Nanoseconds(std::chrono::hours(1)).count()))));
  }
  if (reader.failed()) return kMalformed;
  const auto now = call.worker().shared().clock.wall().time_since_epoch().count();
  grpc::put_uint(response, 2, static_cast<std::uint64_t>(now));
  return {};
}

constexpr std::array kHealthAndPing = {
    GrpcMethod{.path = "/grpc.health.v1.Health/Check", .unary = check_health, .tells_state = true},
    GrpcMethod{.path = "/grpc.health.v1.Health/Watch", .begin = watch_health, .tells_state = true},
    GrpcMethod{.path = "/fgrpc.PingServer/Ping", .unary = ping},
};

}  // namespace

std::span<const GrpcMethod> grpc_methods() {
  static const std::vector<GrpcMethod> all = [] {
    std::vector<GrpcMethod> out;
    for (const auto table : {std::span<const GrpcMethod>(kHealthAndPing), echo_methods(),
                             forward_methods(), reflection_methods()})
      out.insert(out.end(), table.begin(), table.end());
    return out;
  }();
  return all;
}

const std::vector<std::string>& grpc_files() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> out = grpc::builtin_files();
    for (std::string& file : echo_files()) out.push_back(std::move(file));
    return out;
  }();
  return all;
}

const GrpcMethod* find_grpc_method(std::string_view path) {
  for (const GrpcMethod& method : grpc_methods())
    if (method.path == path) return &method;
  return nullptr;
}

}  // namespace weft::serve
