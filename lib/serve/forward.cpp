#include "lib/serve/forward.h"

#include <algorithm>
#include <memory>

#include "lib/grpc/wire.h"
#include "lib/serve/grpc_call.h"
#include "lib/serve/worker.h"

namespace weft::serve {
namespace {

using base::Error;
using base::ExitCode;
using grpc::StatusCode;

constexpr base::Nanoseconds kMostTime = std::chrono::minutes(10);

// The fields of a message with two texts.
std::pair<std::string, std::string> read_pair(std::string_view message) {
  std::pair<std::string, std::string> out;
  grpc::WireReader reader(message);
  while (const auto field = reader.next())
    if (field->type == grpc::WireType::bytes)
      (field->number == 1 ? out.first : out.second) = field->bytes;
  return out;
}

std::uint64_t positive(std::uint64_t varint) {
  return varint >> 63 != 0 ? 0 : varint;  // negative ones count as not given
}

void read_number(const grpc::WireField& field, ForwardRequest& out) {
  const bool truth = field.value != 0;
  switch (field.number) {
    case 1:
      out.count = std::max<std::uint64_t>(1, positive(field.value));
      break;
    case 2:
      out.qps = positive(field.value);
      break;
    case 3:
      if (const std::uint64_t micros = positive(field.value); micros > 0)
        out.timeout = std::min<base::Nanoseconds>(
            kMostTime,
            std::chrono::microseconds(std::min<std::uint64_t>(micros, INT64_MAX / 1000)));
      break;
    case 7:
      out.http2 = truth;
      break;
    case 8:
      out.server_first = truth;
      break;
    case 14:
      out.follow_redirects = truth;
      break;
    case 19:
      out.skip_verify = truth;
      break;
    case 22:
      out.new_connections = truth;
      break;
    default:
      break;
  }
}

void read_text(const grpc::WireField& field, ForwardRequest& out) {
  switch (field.number) {
    case 4:
      out.url = field.bytes;
      break;
    case 5:
      out.headers.push_back(read_pair(field.bytes));
      break;
    case 6:
      out.message = field.bytes;
      break;
    case 9:
      out.method = field.bytes;
      break;
    case 10:
      out.certificate = field.bytes;
      break;
    case 11:
      out.key = field.bytes;
      break;
    case 12:
      out.ca = field.bytes;
      break;
    case 13: {
      grpc::WireReader names(field.bytes);
      while (const auto name = names.next())
        if (name->type == grpc::WireType::bytes) out.alpn.emplace_back(name->bytes);
      break;
    }
    case 20:
      out.server_name = field.bytes;
      break;
    case 21:
      out.expect = read_pair(field.bytes).first;
      break;
    default:
      break;
  }
}

// What this service does not do, by the number of its field.
std::string_view missing(const grpc::WireField& field) {
  if (field.type == grpc::WireType::varint) {
    if (field.number == 15 && field.value != 0) return "HTTP/3 is not spoken here";
    if (field.number == 25 && field.value != 0) return "the PROXY protocol is not spoken here";
    return "";
  }
  if (field.type != grpc::WireType::bytes || field.bytes.empty()) return "";
  if (field.number >= 16 && field.number <= 18)
    return "certificates are not read from files here: send cert, key and caCert";
  if (field.number == 24 || field.number == 27) return "HBONE is not spoken here";
  return "";
}

class Forward final : public GrpcHandler {
 public:
  void on_message(GrpcCall& call, std::string_view message) override {
    const Forwarder& forwarder = call.worker().shared().options.forwarder;
    if (!forwarder) return call.finish({StatusCode::unimplemented, "nothing is forwarded here"});
    auto request = read_forward_request(message);
    if (!request.ok()) return call.finish({StatusCode::unknown, request.error().message});
    const auto work = [forwarder, request = *std::move(request), &call]() -> Errands::Finish {
      auto outputs = std::make_shared<base::Result<std::vector<std::string>>>(forwarder(request));
      return [outputs, &call] { end(call, *outputs); };
    };
    if (!call.worker().shared().errands.run(call.worker().loop(), alive_, work))
      call.finish({StatusCode::resource_exhausted, "too many requests are being forwarded"});
  }

 private:
  static void end(GrpcCall& call, const base::Result<std::vector<std::string>>& outputs) {
    if (outputs.ok()) {
      std::string response;
      for (const std::string& output : *outputs) grpc::put_string(response, 1, output);
      call.send(response);
      call.finish();
    } else {
      call.finish({StatusCode::unknown, outputs.error().message});
    }
    call.wake();
  }

  const std::shared_ptr<void> alive_ = std::make_shared<char>();
};

std::unique_ptr<GrpcHandler> begin_forward(GrpcCall&) { return std::make_unique<Forward>(); }

constexpr GrpcMethod kMethods[] = {
    {.path = "/proto.EchoTestService/ForwardEcho", .begin = begin_forward}};

}  // namespace

base::Result<ForwardRequest> read_forward_request(std::string_view message) {
  ForwardRequest out;
  grpc::WireReader reader(message);
  while (const auto field = reader.next()) {
    if (const std::string_view what = missing(*field); !what.empty())
      return Error{ExitCode::input, std::string(what)};
    if (field->type == grpc::WireType::varint) read_number(*field, out);
    if (field->type == grpc::WireType::bytes) read_text(*field, out);
  }
  if (reader.failed()) return Error{ExitCode::input, "the message is not well-formed"};
  if (out.url.find(':') == std::string::npos || out.url.starts_with(':'))
    return Error{ExitCode::input, "missing protocol scheme in the request URL: " + out.url};
  return out;
}

std::span<const GrpcMethod> forward_methods() { return kMethods; }

}  // namespace weft::serve
