#include "lib/grpc/json_scalar.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/base/base64.h"
#include "lib/base/number.h"

namespace weft::grpc {
namespace {

struct IntegerRange {
  double low, high;  // high is excluded
};

IntegerRange range_of(FieldType type) {
  switch (type) {
    case FieldType::int32:
    case FieldType::sint32:
    case FieldType::sfixed32:
    case FieldType::enumeration:
      return {-2147483648.0, 2147483648.0};
    case FieldType::uint32:
    case FieldType::fixed32:
      return {0, 4294967296.0};
    case FieldType::uint64:
    case FieldType::fixed64:
      return {0, 18446744073709551616.0};
    default:
      return {-9223372036854775808.0, 9223372036854775808.0};
  }
}

}  // namespace

std::optional<std::uint64_t> integer_bits(const doc::Value& value, FieldType type) {
  const IntegerRange range = range_of(type);
  if (value.is_int()) {
    const auto number = value.integer();
    const bool unsigned_type = range.low == 0;
    if (unsigned_type ? number < 0 : static_cast<double>(number) < range.low) return std::nullopt;
    if (range.high < 9e18 && static_cast<double>(number) >= range.high) return std::nullopt;
    return static_cast<std::uint64_t>(number);
  }
  if (value.is_string()) {
    const std::string_view text = value.string();
    const auto number = base::parse_int(text);
    if (number) return integer_bits(doc::Value(*number), type);
    return range.high > 9.3e18 ? base::parse_uint(text) : std::nullopt;
  }
  if (!value.is_number()) return std::nullopt;
  const double number = value.number();
  if (number != std::floor(number) || number < range.low || number >= range.high)
    return std::nullopt;
  return range.low == 0 ? static_cast<std::uint64_t>(number)
                        : static_cast<std::uint64_t>(static_cast<std::int64_t>(number));
}

std::optional<double> real(const doc::Value& value) {
  if (value.is_number()) return value.number();
  if (!value.is_string()) return std::nullopt;
  const std::string_view text = value.string();
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  return base::parse_double(text);
}

std::optional<std::string> decode_bytes(std::string_view text) {
  std::string standard(text);
  std::ranges::replace(standard, '-', '+');
  std::ranges::replace(standard, '_', '/');
  while (standard.size() % 4 != 0 && standard.size() < text.size() + 3) standard += '=';
  return base::base64_decode(standard);
}

std::string_view type_word(FieldType type) {
  switch (type) {
    case FieldType::f64:
    case FieldType::f32:
      return "a number";
    case FieldType::boolean:
      return "true or false";
    case FieldType::string:
      return "a string";
    case FieldType::bytes:
      return "a string in base64";
    case FieldType::int32:
    case FieldType::sint32:
    case FieldType::sfixed32:
      return "a whole number of 32 bits";
    case FieldType::uint32:
    case FieldType::fixed32:
      return "a whole number of 32 bits, not negative";
    case FieldType::uint64:
    case FieldType::fixed64:
      return "a whole number of 64 bits, not negative";
    case FieldType::int64:
    case FieldType::sint64:
    case FieldType::sfixed64:
      return "a whole number of 64 bits";
    default:
      return "an object";
  }
}

WireType wire_type_of(FieldType type) {
  switch (type) {
    case FieldType::f64:
    case FieldType::fixed64:
    case FieldType::sfixed64:
      return WireType::fixed64;
    case FieldType::f32:
    case FieldType::fixed32:
    case FieldType::sfixed32:
      return WireType::fixed32;
    case FieldType::string:
    case FieldType::bytes:
    case FieldType::message:
    case FieldType::group:
      return WireType::bytes;
    default:
      return WireType::varint;
  }
}

std::uint64_t wire_bits(std::uint64_t bits, FieldType type) {
  const auto number = static_cast<std::int64_t>(bits);
  return type == FieldType::sint32 || type == FieldType::sint64 ? zigzag(number) : bits;
}

void put_scalar(std::string& out, std::uint64_t bits, FieldType type) {
  const WireType wire = wire_type_of(type);
  if (wire == WireType::varint) return put_varint(out, bits);
  for (int i = 0; i < (wire == WireType::fixed64 ? 8 : 4); ++i)
    out += static_cast<char>(bits >> (8 * i) & 0xff);
}

}  // namespace weft::grpc
