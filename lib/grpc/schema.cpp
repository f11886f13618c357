// Field numbers are those of google/protobuf/descriptor.proto.
#include "lib/grpc/schema.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/grpc/wire.h"

namespace weft::grpc {
namespace {

constexpr int kMaxDepth = 100;  // of messages in messages

using base::Error;
using base::ExitCode;
using base::Result;

// "line_items" is lineItems in JSON.
std::string json_name_of(std::string_view name) {
  std::string out;
  bool raise = false;
  for (const char c : name) {
    if (c == '_')
      raise = true;
    else
      out += raise && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (c != '_') raise = false;
  }
  return out;
}

std::string without_dot(std::string_view name) {
  return std::string(name.starts_with('.') ? name.substr(1) : name);
}

bool is_scalar(FieldType type) {
  return type != FieldType::string && type != FieldType::bytes && type != FieldType::message &&
         type != FieldType::group;
}

}  // namespace

// Reads descriptors into a schema. Each function is told the scope of the names in it.
struct SchemaReader {
  Schema& schema;
  bool proto2 = true;

  // Calls `take(field)` for each field, which says false when it is malformed.
  template <typename Take>
  static bool each(std::string_view bytes, Take take) {
    WireReader reader(bytes);
    while (const auto field = reader.next())
      if (!take(*field)) return false;
    return !reader.failed();
  }

  static std::string scoped(std::string_view scope, std::string_view name) {
    return scope.empty() ? std::string(name) : fmt::format("{}.{}", scope, name);
  }

  static std::string_view name_in(std::string_view bytes) {
    std::string_view name;
    each(bytes, [&](const WireField& field) {
      if (field.number == 1) name = field.bytes;
      return true;
    });
    return name;
  }

  // FileDescriptorProto.
  bool file(std::string_view bytes) {
    std::string name, package;
    std::vector<std::string> imports;
    const bool good = each(bytes, [&](const WireField& field) {
      if (field.number == 1) name = field.bytes;
      if (field.number == 2) package = field.bytes;
      if (field.number == 3) imports.emplace_back(field.bytes);
      if (field.number == 12) proto2 = field.bytes == "proto2";
      if (field.number == 14 && field.type == WireType::varint) proto2 = false;
      return true;
    });
    if (!good || name.empty()) return false;
    if (!schema.files_.insert(name).second) return true;
    schema.imported_.insert(imports.begin(), imports.end());
    return each(bytes, [&](const WireField& field) {
      if (field.number == 4) return message(field.bytes, package, kMaxDepth);
      if (field.number == 5) return enumeration(field.bytes, package);
      if (field.number == 6) return service(field.bytes, package);
      return true;
    });
  }

  bool message(std::string_view bytes, std::string_view scope, int depth) {
    if (depth == 0) return false;
    MessageType out;
    out.name = scoped(scope, name_in(bytes));
    const bool good = each(bytes, [&](const WireField& part) {
      if (part.number == 2) {
        const auto shape = field(part.bytes);
        if (shape && shape->type != FieldType::group) out.fields.push_back(*shape);
        return shape.has_value();
      }
      if (part.number == 3) return message(part.bytes, out.name, depth - 1);
      if (part.number == 4) return enumeration(part.bytes, out.name);
      if (part.number != 7) return true;
      return each(part.bytes, [&](const WireField& option) {
        if (option.number == 7) out.map_entry = option.value != 0;
        return true;
      });
    });
    if (good) schema.messages_.insert_or_assign(out.name, out);
    return good;
  }

  std::optional<FieldShape> field(std::string_view bytes) const {
    FieldShape out;
    std::uint64_t type = 0;
    std::optional<bool> packed;
    const bool good = each(bytes, [&](const WireField& part) {
      switch (part.number) {
        case 1:
          out.name = part.bytes;
          break;
        case 3:
          out.number = static_cast<std::uint32_t>(std::min<std::uint64_t>(part.value, UINT32_MAX));
          break;
        case 4:
          out.repeated = part.value == 3;
          break;
        case 5:
          type = part.value;
          break;
        case 6:
          out.type_name = without_dot(part.bytes);
          break;
        case 8:
          return each(part.bytes, [&](const WireField& option) {
            if (option.number == 2) packed = option.value != 0;
            return true;
          });
        case 9:
          out.oneof = static_cast<int>(std::min<std::uint64_t>(part.value, INT32_MAX));
          break;
        case 10:
          out.json_name = part.bytes;
          break;
        default:
          break;
      }
      return true;
    });
    if (!good || out.number == 0 || out.number > kMaxFieldNumber || type < 1 || type > 18)
      return std::nullopt;
    out.type = static_cast<FieldType>(type);
    if (out.json_name.empty()) out.json_name = json_name_of(out.name);
    out.packed = out.repeated && is_scalar(out.type) && packed.value_or(!proto2);
    return out;
  }

  bool enumeration(std::string_view bytes, std::string_view scope) const {
    EnumType out;
    out.name = scoped(scope, name_in(bytes));
    const bool good = each(bytes, [&](const WireField& part) {
      if (part.number != 2) return true;
      std::int32_t number = 0;
      const bool whole = each(part.bytes, [&](const WireField& field) {
        if (field.number == 2) number = static_cast<std::int32_t>(field.value);
        return true;
      });
      out.values.emplace_back(name_in(part.bytes), number);
      return whole;
    });
    if (good) schema.enums_.insert_or_assign(out.name, out);
    return good;
  }

  bool service(std::string_view bytes, std::string_view scope) const {
    const std::string name = scoped(scope, name_in(bytes));
    return each(bytes, [&](const WireField& part) {
      if (part.number != 2) return true;
      MethodType out;
      const bool good = each(part.bytes, [&](const WireField& field) {
        if (field.number == 1) out.name = fmt::format("{}/{}", name, field.bytes);
        if (field.number == 2) out.input = without_dot(field.bytes);
        if (field.number == 3) out.output = without_dot(field.bytes);
        if (field.number == 5) out.client_streams = field.value != 0;
        if (field.number == 6) out.server_streams = field.value != 0;
        return true;
      });
      if (good) schema.methods_.insert_or_assign(out.name, out);
      return good;
    });
  }
};

const FieldShape* MessageType::find(std::string_view field) const {
  const auto found = std::ranges::find_if(fields, [&](const FieldShape& shape) {
    return shape.json_name == field || shape.name == field;
  });
  return found == fields.end() ? nullptr : &*found;
}

Result<void> Schema::add_set(std::string_view bytes, const std::string& source) {
  std::size_t files = 0;
  const bool good = SchemaReader::each(bytes, [&](const WireField& field) {
    if (field.number != 1 || field.type != WireType::bytes) return false;
    ++files;
    return SchemaReader{*this}.file(field.bytes);
  });
  if (good && files > 0) return {};
  return Error{ExitCode::input, fmt::format("{} is not a descriptor set", source),
               "protoc --include_imports --descriptor_set_out=FILE YOUR.proto"};
}

Result<void> Schema::add_file(std::string_view bytes, const std::string& source) {
  if (SchemaReader{*this}.file(bytes)) return {};
  return Error{ExitCode::input, fmt::format("{} sent a file descriptor that is malformed", source)};
}

const MessageType* Schema::find_message(std::string_view name) const {
  const auto found = messages_.find(name);
  return found == messages_.end() ? nullptr : &found->second;
}

const EnumType* Schema::find_enum(std::string_view name) const {
  const auto found = enums_.find(name);
  return found == enums_.end() ? nullptr : &found->second;
}

const MethodType* Schema::find_method(std::string_view name) const {
  const auto found = methods_.find(name);
  return found == methods_.end() ? nullptr : &found->second;
}

std::vector<std::string> Schema::method_names() const {
  std::vector<std::string> out;
  for (const auto& [name, method] : methods_) out.push_back(name);
  return out;
}

std::vector<std::string> Schema::missing_files() const {
  std::vector<std::string> out;
  std::ranges::set_difference(imported_, files_, std::back_inserter(out));
  return out;
}

}  // namespace weft::grpc
