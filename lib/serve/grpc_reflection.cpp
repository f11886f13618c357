// grpc.reflection.v1.ServerReflection and v1alpha, which have the same messages: what the services
// of weft look like. Files go out with all they import, which is nothing.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "lib/grpc/describe.h"
#include "lib/grpc/wire.h"
#include "lib/serve/grpc_call.h"

namespace weft::serve {
namespace {

using grpc::StatusCode;

// ServerReflectionRequest.
constexpr std::uint32_t kFileByName = 3, kFileOfSymbol = 4, kListServices = 7;

struct File {
  std::string bytes;
  std::string name;
  grpc::Schema schema;
};

const std::vector<File>& files() {
  static const std::vector<File> all = [] {
    std::vector<File> out;
    for (const std::string& bytes : grpc_files()) {
      File file{bytes, {}, {}};
      grpc::WireReader reader(bytes);
      while (const auto field = reader.next())
        if (field->number == 1) file.name = field->bytes;
      (void)file.schema.add_file(bytes, file.name);
      out.push_back(std::move(file));
    }
    return out;
  }();
  return all;
}

bool declares(const File& file, std::string_view symbol) {
  if (file.schema.find_message(symbol) != nullptr || file.schema.find_enum(symbol) != nullptr)
    return true;
  return std::ranges::any_of(file.schema.method_names(), [&](std::string method) {
    if (method.starts_with(symbol) && method[symbol.size()] == '/') return true;
    std::ranges::replace(method, '/', '.');
    return method == symbol;
  });
}

const File* find_file(const grpc::WireField& asked) {
  const auto& all = files();
  const auto found = std::ranges::find_if(all, [&](const File& file) {
    return asked.number == kFileByName ? file.name == asked.bytes : declares(file, asked.bytes);
  });
  return found == all.end() ? nullptr : &*found;
}

std::string list_of_services() {
  std::vector<std::string_view> names;
  for (const GrpcMethod& method : grpc_methods()) {
    const std::string_view name = method.path.substr(1, method.path.find('/', 1) - 1);
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  std::string out;
  for (const std::string_view name : names) {
    std::string service;
    grpc::put_string(service, 1, name);
    grpc::put_string(out, 1, service);
  }
  return out;
}

std::string error_response(StatusCode code, std::string_view message) {
  std::string out;
  grpc::put_uint(out, 1, static_cast<std::uint64_t>(code));
  grpc::put_string(out, 2, message);
  return out;
}

class Reflection final : public GrpcHandler {
 public:
  void on_message(GrpcCall& call, std::string_view message) override {
    std::string response;
    grpc::put_string(response, 2, message);  // original_request
    grpc::WireReader reader(message);
    while (const auto field = reader.next())
      if (field->number >= kFileByName && field->type == grpc::WireType::bytes)
        answer(response, *field);
    if (reader.failed())
      return call.finish({StatusCode::invalid_argument, "the message is not well-formed"});
    call.send(response);
  }
  void on_end(GrpcCall& call) override { call.finish(); }
  void on_drain(GrpcCall& call) override { call.finish(); }

 private:
  static void answer(std::string& response, const grpc::WireField& asked) {
    if (asked.number == kListServices) return grpc::put_string(response, 6, list_of_services());
    if (asked.number != kFileByName && asked.number != kFileOfSymbol)
      return grpc::put_string(response, 7,
                              error_response(StatusCode::unimplemented, "there are no extensions"));
    const File* file = find_file(asked);
    if (file == nullptr)
      return grpc::put_string(response, 7, error_response(StatusCode::not_found, "not found"));
    std::string descriptors;
    grpc::put_string(descriptors, 1, file->bytes);
    grpc::put_string(response, 4, descriptors);
  }
};

std::unique_ptr<GrpcHandler> reflect(GrpcCall&) { return std::make_unique<Reflection>(); }

constexpr std::array kMethods = {
    GrpcMethod{.path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
               .begin = reflect,
               .tells_state = true},
    GrpcMethod{.path = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
               .begin = reflect,
               .tells_state = true}};

}  // namespace

std::span<const GrpcMethod> reflection_methods() { return kMethods; }

}  // namespace weft::serve
