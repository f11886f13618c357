// What services and messages look like, from descriptors: a FileDescriptorSet as
// `protoc --include_imports --descriptor_set_out=FILE` and `buf build -o FILE` write it, or the
// files that a server's reflection tells.
//
// This is a reader of our own and not libprotobuf: a run needs the description of one method, once,
// to make its request; the library would add three megabytes to the program and its headers
// seconds to the build. Proto2, proto3 and editions are read; groups and extensions are left out.
//
//   grpc::Schema schema;
//   WEFT_CHECK(schema.add_set(bytes, "shop.binpb"));
//   const grpc::MethodType* method = schema.find_method("shop.Cart/Add");
//   const grpc::MessageType* message = schema.find_message(method->input);
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace weft::grpc {

// Numbers of FieldDescriptorProto.Type.
enum class FieldType : std::uint8_t {
  f64 = 1,
  f32 = 2,
  int64 = 3,
  uint64 = 4,
  int32 = 5,
  fixed64 = 6,
  fixed32 = 7,
  boolean = 8,
  string = 9,
  group = 10,
  message = 11,
  bytes = 12,
  uint32 = 13,
  enumeration = 14,
  sfixed32 = 15,
  sfixed64 = 16,
  sint32 = 17,
  sint64 = 18
};

struct FieldShape {
  std::string name, json_name;
  std::uint32_t number = 0;
  FieldType type = FieldType::int32;
  bool repeated = false;
  bool packed = false;
  int oneof = -1;         // of the message; -1: none
  std::string type_name;  // of a message or enumeration, "shop.Item"
};

struct MessageType {
  std::string name;  // "shop.Cart.Item"
  std::vector<FieldShape> fields;
  bool map_entry = false;  // key and value of a map field

  const FieldShape* find(std::string_view name) const;  // by either name
};

struct EnumType {
  std::string name;
  std::vector<std::pair<std::string, std::int32_t>> values;
};

struct MethodType {
  std::string name;  // "shop.Cart/Add"
  std::string input, output;
  bool client_streams = false, server_streams = false;
};

class Schema {
 public:
  // `source` is for messages. Input error for what is not a descriptor.
  base::Result<void> add_set(std::string_view bytes, const std::string& source);
  base::Result<void> add_file(std::string_view bytes, const std::string& source);

  const MessageType* find_message(std::string_view name) const;
  const EnumType* find_enum(std::string_view name) const;
  const MethodType* find_method(std::string_view name) const;
  std::vector<std::string> method_names() const;
  // Files that were imported, but not added.
  std::vector<std::string> missing_files() const;

 private:
  friend struct SchemaReader;
  template <typename T>
  using ByName = std::map<std::string, T, std::less<>>;

  ByName<MessageType> messages_;
  ByName<EnumType> enums_;
  ByName<MethodType> methods_;
  std::set<std::string, std::less<>> files_, imported_;
};

}  // namespace weft::grpc
