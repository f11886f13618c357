// Descriptors of services that are part of the program, written as tables.
//
//   const std::string file = grpc::describe({
//       .name = "shop.proto",
//       .package = "shop",
//       .messages = {{"Item", {{"name", 1, FieldType::string}}}},
//       .services = {{"Cart", {{"Add", "Item", "Item"}}}}});      // a FileDescriptorProto
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/grpc/schema.h"

namespace weft::grpc {

// Names of types stand as in the same package; with a dot they are of another.
struct FieldRow {
  std::string_view name;
  std::uint32_t number = 0;
  FieldType type = FieldType::string;
  std::string_view type_name = {};
  bool repeated = false;
};

struct EnumRow {
  std::string_view name;
  std::vector<std::string_view> values;  // from 0
};

struct MessageRow {
  std::string_view name;
  std::vector<FieldRow> fields = {};
  std::vector<EnumRow> enums = {};
  bool map_entry = false;  // key = 1 and value = 2 of a map field
};

struct MethodRow {
  std::string_view name, input, output;
  bool client_streams = false, server_streams = false;
};

struct ServiceRow {
  std::string_view name;
  std::vector<MethodRow> methods;
};

struct FileRow {
  std::string_view name, package;
  std::vector<MessageRow> messages = {};
  std::vector<ServiceRow> services = {};
  std::vector<std::string_view> imports = {};  // names of files
};

std::string describe(const FileRow& file);

// Of grpc.health.v1.Health and fortio's fgrpc.PingServer, as FileDescriptorProtos.
const std::vector<std::string>& builtin_files();
// The same to look things up in.
const Schema& builtin_schema();

}  // namespace weft::grpc
