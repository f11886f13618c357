// Field numbers are those of google/protobuf/descriptor.proto.
#include "lib/grpc/describe.h"

#include "lib/grpc/wire.h"

namespace weft::grpc {
namespace {

std::string full_name(std::string_view name, const FileRow& file) {
  std::string out(".");
  if (name.find('.') != std::string_view::npos) return out.append(name);
  return out.append(file.package).append(".").append(name);
}

std::string field(const FieldRow& row, const FileRow& file) {
  constexpr std::uint64_t kOptional = 1, kRepeated = 3;
  std::string out;
  put_string(out, 1, row.name);
  put_uint(out, 3, row.number);
  put_uint(out, 4, row.repeated ? kRepeated : kOptional);
  put_uint(out, 5, static_cast<std::uint64_t>(row.type));
  if (!row.type_name.empty()) put_string(out, 6, full_name(row.type_name, file));
  return out;
}

std::string enumeration(const EnumRow& row) {
  std::string out;
  put_string(out, 1, row.name);
  for (std::size_t i = 0; i < row.values.size(); ++i) {
    std::string value;
    put_string(value, 1, row.values[i]);
    put_uint(value, 2, i);
    put_string(out, 2, value);
  }
  return out;
}

std::string message(const MessageRow& row, const FileRow& file) {
  std::string out;
  put_string(out, 1, row.name);
  for (const FieldRow& part : row.fields) put_string(out, 2, field(part, file));
  for (const EnumRow& part : row.enums) put_string(out, 4, enumeration(part));
  if (row.map_entry) {
    std::string options;
    put_uint(options, 7, 1);
    put_string(out, 7, options);
  }
  return out;
}

std::string service(const ServiceRow& row, const FileRow& file) {
  std::string out;
  put_string(out, 1, row.name);
  for (const MethodRow& method : row.methods) {
    std::string bytes;
    put_string(bytes, 1, method.name);
    put_string(bytes, 2, full_name(method.input, file));
    put_string(bytes, 3, full_name(method.output, file));
    if (method.client_streams) put_uint(bytes, 5, 1);
    if (method.server_streams) put_uint(bytes, 6, 1);
    put_string(out, 2, bytes);
  }
  return out;
}

const FileRow& health_file() {
  static const FileRow file{
      .name = "grpc/health/v1/health.proto",
      .package = "grpc.health.v1",
      .messages = {{"HealthCheckRequest", {{"service", 1, FieldType::string}}},
                   {"HealthCheckResponse",
                    {{"status", 1, FieldType::enumeration,
                      "grpc.health.v1.HealthCheckResponse.ServingStatus"}},
                    {{"ServingStatus", {"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"}}}}},
      .services = {{"Health",
                    {{"Check", "HealthCheckRequest", "HealthCheckResponse"},
                     {"Watch", "HealthCheckRequest", "HealthCheckResponse", false, true}}}}};
  return file;
}

const FileRow& ping_file() {
  static const FileRow file{.name = "ping.proto",
                            .package = "fgrpc",
                            .messages = {{"PingMessage",
                                          {{"seq", 1, FieldType::int64},
                                           {"ts", 2, FieldType::int64},
                                           {"payload", 3, FieldType::string},
                                           {"delayNanos", 4, FieldType::int64}}}},
                            .services = {{"PingServer", {{"Ping", "PingMessage", "PingMessage"}}}}};
  return file;
}

}  // namespace

std::string describe(const FileRow& file) {
  std::string out;
  put_string(out, 1, file.name);
  put_string(out, 2, file.package);
  for (const std::string_view name : file.imports) put_string(out, 3, name);
  for (const MessageRow& row : file.messages) put_string(out, 4, message(row, file));
  for (const ServiceRow& row : file.services) put_string(out, 6, service(row, file));
  put_string(out, 12, "proto3");
  return out;
}

const std::vector<std::string>& builtin_files() {
  static const std::vector<std::string> files{describe(health_file()), describe(ping_file())};
  return files;
}

const Schema& builtin_schema() {
  static const Schema schema = [] {
    Schema out;
    for (const std::string& file : builtin_files()) (void)out.add_file(file, "weft");
    return out;
  }();
  return schema;
}

}  // namespace weft::grpc
