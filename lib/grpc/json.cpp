#include "lib/grpc/json.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <utility>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/grpc/json_scalar.h"
#include "lib/grpc/wire.h"

namespace weft::grpc {
namespace {

using base::Error;
using base::Result;
using doc::Value;

constexpr std::string_view kGoogle = "google.protobuf.";

class Encoder {
 public:
  Encoder(const Schema& schema, const doc::Document& document)
      : schema_(schema), document_(document) {}

  Result<std::string> message(std::string_view type, const Value& value) const {
    if (auto known = well_known(type, value)) return *std::move(known);
    const MessageType* shape = schema_.find_message(type);
    if (shape == nullptr)
      return error(value, fmt::format("the descriptors do not describe {}", type),
                   "make the descriptor set with --include_imports");
    if (!value.is_map()) return error(value, fmt::format("{} is an object in JSON", type));
    std::string out;
    std::vector<int> seen;  // oneofs
    for (const doc::Member& member : value.members()) {
      const FieldShape* field = shape->find(member.key);
      if (field == nullptr) return unknown_field(*shape, member);
      if (member.value.is_null()) continue;
      if (field->oneof >= 0 && std::ranges::find(seen, field->oneof) != seen.end())
        return error(member.value,
                     fmt::format("{} excludes another field that is set", member.key.view()));
      if (field->oneof >= 0) seen.push_back(field->oneof);
      WEFT_CHECK(put_field(out, *field, member.value));
    }
    return out;
  }

 private:
  Error error(const Value& value, std::string message, std::string remedy = {}) const {
    return document_.error(value.position(), std::move(message), std::move(remedy));
  }

  Error wrong(const Value& value, const FieldShape& field) const {
    return error(value, fmt::format("{} is {}, not {}", field.json_name, type_word(field.type),
                                    value.kind_name()));
  }

  Error unknown_field(const MessageType& shape, const doc::Member& member) const {
    std::vector<std::string> names;
    for (const FieldShape& field : shape.fields) names.push_back(field.json_name);
    return document_.error(member.key_position,
                           fmt::format("{} has no field {}{}", shape.name, member.key.view(),
                                       base::did_you_mean(member.key, names)));
  }

  Result<void> put_field(std::string& out, const FieldShape& field, const Value& value) const {
    if (!field.repeated) return put_one(out, field, value);
    if (const MessageType* entry = schema_.find_message(field.type_name);
        field.type == FieldType::message && entry != nullptr && entry->map_entry)
      return put_map(out, field, *entry, value);
    if (!value.is_list())
      return error(value, fmt::format("{} is repeated: a list in JSON", field.json_name));
    std::string packed;
    for (const Value& item : value.items()) {
      if (!field.packed) {
        WEFT_CHECK(put_one(out, field, item));
        continue;
      }
      WEFT_TRY(bits, scalar(field, item));
      put_scalar(packed, bits, field.type);
    }
    if (!packed.empty()) put_string(out, field.number, packed);
    return {};
  }

  Result<void> put_map(std::string& out, const FieldShape& field, const MessageType& entry,
                       const Value& value) const {
    const FieldShape* key_shape = entry.find("key");
    const FieldShape* value_shape = entry.find("value");
    if (!value.is_map() || key_shape == nullptr || value_shape == nullptr)
      return error(value, fmt::format("{} is a map: an object in JSON", field.json_name));
    for (const doc::Member& member : value.members()) {
      std::string bytes;
      Value key(member.key);
      if (key_shape->type == FieldType::boolean && (member.key == "true" || member.key == "false"))
        key = Value(member.key == "true");
      key.set_position(member.key_position);
      WEFT_CHECK(put_one(bytes, *key_shape, key));
      WEFT_CHECK(put_one(bytes, *value_shape, member.value));
      put_string(out, field.number, bytes);
    }
    return {};
  }

  Result<void> put_one(std::string& out, const FieldShape& field, const Value& value) const {
    if (wire_type_of(field.type) == WireType::bytes) {
      WEFT_TRY(bytes, text_or_message(field, value));
      put_string(out, field.number, bytes);
      return {};
    }
    WEFT_TRY(bits, scalar(field, value));
    put_tag(out, field.number, wire_type_of(field.type));
    put_scalar(out, bits, field.type);
    return {};
  }

  Result<std::string> text_or_message(const FieldShape& field, const Value& value) const {
    if (field.type == FieldType::message) return message(field.type_name, value);
    if (!value.is_string()) return wrong(value, field);
    if (field.type == FieldType::string) return value.string().str();
    auto bytes = decode_bytes(value.string());
    if (!bytes) return wrong(value, field);
    return *std::move(bytes);
  }

  Result<std::uint64_t> scalar(const FieldShape& field, const Value& value) const {
    if (field.type == FieldType::boolean)
      return value.is_bool() ? Result<std::uint64_t>(value.boolean() ? 1u : 0u)
                             : wrong(value, field);
    if (field.type == FieldType::enumeration) return enumerated(field, value);
    if (field.type == FieldType::f64 || field.type == FieldType::f32) {
      const auto number = real(value);
      if (!number) return wrong(value, field);
      if (field.type == FieldType::f64) return std::bit_cast<std::uint64_t>(*number);
      return std::uint64_t{std::bit_cast<std::uint32_t>(static_cast<float>(*number))};
    }
    const auto bits = integer_bits(value, field.type);
    if (!bits) return wrong(value, field);
    return wire_bits(*bits, field.type);
  }

  Result<std::uint64_t> enumerated(const FieldShape& field, const Value& value) const {
    const EnumType* shape = schema_.find_enum(field.type_name);
    std::vector<std::string> names;
    if (value.is_string() && shape != nullptr) {
      for (const auto& [name, number] : shape->values) {
        if (value.string() == std::string_view(name))
          return static_cast<std::uint64_t>(std::int64_t{number});
        names.push_back(name);
      }
      return error(value,
                   fmt::format("{} has no value {}{}", field.type_name, value.string().view(),
                               base::did_you_mean(value.string(), names)));
    }
    const auto bits = value.is_string() ? std::nullopt : integer_bits(value, field.type);
    if (bits) return *bits;
    return error(value, fmt::format("{} is a value of {}", field.json_name, field.type_name));
  }

  // The types that JSON writes in a form of their own; nothing: not one of them.
  std::optional<Result<std::string>> well_known(std::string_view type, const Value& value) const {
    if (!type.starts_with(kGoogle)) return std::nullopt;
    const std::string_view name = type.substr(kGoogle.size());
    if (name == "Timestamp") return timestamp(value);
    if (name == "Duration") return duration(value);
    if (name == "FieldMask") return field_mask(value);
    if (name == "Value") return any_value(value);
    if (name == "Struct" || name == "ListValue") return structure(value, name == "Struct");
    constexpr std::array<std::pair<std::string_view, FieldType>, 9> kWrappers = {
        {{"DoubleValue", FieldType::f64},
         {"FloatValue", FieldType::f32},
         {"Int64Value", FieldType::int64},
         {"UInt64Value", FieldType::uint64},
         {"Int32Value", FieldType::int32},
         {"UInt32Value", FieldType::uint32},
         {"BoolValue", FieldType::boolean},
         {"StringValue", FieldType::string},
         {"BytesValue", FieldType::bytes}}};
    for (const auto& [wrapper, inner] : kWrappers) {
      if (name != wrapper) continue;
      std::string out;
      FieldShape field;
      field.json_name = name;
      field.number = 1;
      field.type = inner;
      if (auto put = put_one(out, field, value); !put.ok()) return std::move(put).error();
      return out;
    }
    return std::nullopt;
  }

  static std::string seconds_and_nanos(std::int64_t nanoseconds, bool floor) {
    std::int64_t seconds = nanoseconds / 1'000'000'000, rest = nanoseconds % 1'000'000'000;
    if (floor && rest < 0) {
      --seconds;
      rest += 1'000'000'000;
    }
    std::string out;
    if (seconds != 0) put_uint(out, 1, static_cast<std::uint64_t>(seconds));
    if (rest != 0) put_uint(out, 2, static_cast<std::uint64_t>(rest));
    return out;
  }

  Result<std::string> timestamp(const Value& value) const {
    const auto time = base::parse_rfc3339(value.is_string() ? value.string().view() : "");
    if (!time.ok()) return error(value, "a Timestamp is written as \"2026-03-01T12:00:00.5Z\"");
    return seconds_and_nanos(time->time_since_epoch().count(), true);
  }

  Result<std::string> duration(const Value& value) const {
    const std::string_view text = value.is_string() ? value.string().view() : "";
    const bool seconds =
        text.ends_with('s') && text.find_first_not_of("-0123456789.") == text.size() - 1;
    const auto time = base::parse_duration(text);
    if (!seconds || !time.ok())
      return error(value, "a Duration is written in seconds, as \"1.5s\"");
    return seconds_and_nanos(time->count(), false);
  }

  // "user.displayName,photo"
  Result<std::string> field_mask(const Value& value) const {
    if (!value.is_string()) return error(value, "a FieldMask is written as \"name,address.city\"");
    std::string out;
    for (const std::string_view path : base::split(value.string(), ',')) {
      std::string name;
      for (const char c : path) {
        if (c >= 'A' && c <= 'Z')
          name += {'_', static_cast<char>(c - 'A' + 'a')};
        else
          name += c;
      }
      if (!name.empty()) put_string(out, 1, name);
    }
    return out;
  }

  Result<std::string> structure(const Value& value, bool is_map) const {
    if (is_map ? !value.is_map() : !value.is_list())
      return error(value, is_map ? "a Struct is an object in JSON" : "a ListValue is a list");
    std::string out;
    if (!is_map) {
      for (const Value& item : value.items()) {
        WEFT_TRY(bytes, any_value(item));
        put_string(out, 1, bytes);
      }
      return out;
    }
    for (const doc::Member& member : value.members()) {
      WEFT_TRY(bytes, any_value(member.value));
      std::string entry;
      put_string(entry, 1, member.key);
      put_string(entry, 2, bytes);
      put_string(out, 1, entry);
    }
    return out;
  }

  // google.protobuf.Value: one of null, number, string, bool, Struct, ListValue.
  Result<std::string> any_value(const Value& value) const {
    std::string out;
    if (value.is_null()) {
      put_uint(out, 1, 0);
    } else if (value.is_number()) {
      put_fixed64(out, 2, std::bit_cast<std::uint64_t>(value.number()));
    } else if (value.is_string()) {
      put_string(out, 3, value.string());
    } else if (value.is_bool()) {
      put_uint(out, 4, value.boolean() ? 1 : 0);
    } else {
      WEFT_TRY(bytes, structure(value, value.is_map()));
      put_string(out, value.is_map() ? 5 : 6, bytes);
    }
    return out;
  }

  const Schema& schema_;
  const doc::Document& document_;
};

}  // namespace

Result<std::string> encode_json(const Schema& schema, std::string_view message,
                                const doc::Document& document) {
  return Encoder(schema, document).message(message, document.root);
}

}  // namespace weft::grpc
