// Sizes, types, conversions and optional values.
#include <cmath>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/cel/address.h"
#include "lib/cel/function.h"
#include "lib/cel/number_text.h"
#include "lib/cel/time.h"
#include "lib/cel/utf8.h"

namespace weft::cel {
namespace {

Value whole(std::size_t count) { return static_cast<std::int64_t>(count); }

Value size(Context& c, const Value* a) {
  switch (a->type()) {
    case Type::string:
      if (!c.charge(a->text().size() / 10)) return c.out_of_budget();
      return whole(count_code_points(a->text()));
    case Type::bytes:
      return whole(a->bytes().size());
    case Type::list:
      return whole(Items(c, *a).size());
    default:
      return whole(Entries(c, *a).size());
  }
}

Value same(Context&, const Value* a) { return *a; }
Value type_of(Context&, const Value* a) { return a->type(); }

Value no_conversion(Context& c, const Value& from, std::string_view to) {
  if (from.type() == Type::string)
    return c.fail(fmt::format("cannot make {} of \"{}\"", to, from.text()));
  return c.fail(fmt::format("a {} is out of the range of {}", type_name(from.type()), to));
}

Value to_int(Context& c, const Value* a) {
  if (const auto* unsigned_value = a->get<std::uint64_t>()) {
    if (*unsigned_value <= INT64_MAX) return static_cast<std::int64_t>(*unsigned_value);
  } else if (const auto* number = a->get<double>()) {
    constexpr double kLimit = 9223372036854775808.0;
    if (*number > -kLimit && *number < kLimit) return static_cast<std::int64_t>(*number);
  } else if (const auto* time = a->get<Timestamp>()) {
    return time->seconds;
  } else {
    std::string_view text = a->text();
    if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
    if (const auto value = base::parse_int(text)) return *value;
  }
  return no_conversion(c, *a, "int");
}

Value to_uint(Context& c, const Value* a) {
  if (const auto* integer = a->get<std::int64_t>()) {
    if (*integer >= 0) return static_cast<std::uint64_t>(*integer);
  } else if (const auto* number = a->get<double>()) {
    constexpr double kLimit = 18446744073709551616.0;
    if (*number >= 0 && *number < kLimit) return static_cast<std::uint64_t>(*number);
  } else if (const auto value = base::parse_uint(a->text())) {
    return *value;
  }
  return no_conversion(c, *a, "uint");
}

Value to_double(Context& c, const Value* a) {
  if (const auto* integer = a->get<std::int64_t>()) return static_cast<double>(*integer);
  if (const auto* natural = a->get<std::uint64_t>()) return static_cast<double>(*natural);
  const std::string_view text = a->text();
  if (const auto value = base::parse_double(text)) return *value;
  if (base::equal_ignoring_case(text, "nan")) return std::nan("");
  const bool negative = text.starts_with('-');
  const std::string_view digits = text.substr(negative || text.starts_with('+') ? 1 : 0);
  if (base::equal_ignoring_case(digits, "inf") || base::equal_ignoring_case(digits, "infinity"))
    return negative ? -HUGE_VAL : HUGE_VAL;
  return no_conversion(c, *a, "double");
}

Value to_bool(Context& c, const Value* a) {
  for (const auto word : {"true", "True", "TRUE", "t", "T", "1"})
    if (a->text() == word) return true;
  for (const auto word : {"false", "False", "FALSE", "f", "F", "0"})
    if (a->text() == word) return false;
  return no_conversion(c, *a, "bool");
}

Value to_string(Context& c, const Value* a) {
  switch (a->type()) {
    case Type::integer:
      return c.text(fmt::format("{}", a->integer()));
    case Type::uinteger:
      return c.text(fmt::format("{}", a->uinteger()));
    case Type::number:
      return c.text(number_text(a->number()));
    case Type::boolean:
      return a->boolean() ? std::string_view("true") : std::string_view("false");
    case Type::bytes:
      if (!base::valid_utf8(a->bytes())) return c.fail("the bytes are not UTF-8");
      return a->bytes();
    case Type::timestamp:
      return c.text(timestamp_text(a->timestamp()));
    case Type::duration:
      return c.text(duration_text(a->duration()));
    case Type::ip:
      return c.text(text_of(a->object<Ip>()));
    default:
      return c.text(text_of(a->object<Cidr>()));
  }
}

Value to_bytes(Context&, const Value* a) { return Bytes{a->text()}; }

bool is_zero(Context& c, const Value& value) {
  switch (value.type()) {
    case Type::null:
      return true;
    case Type::boolean:
      return !value.boolean();
    case Type::integer:
      return value.integer() == 0;
    case Type::uinteger:
      return value.uinteger() == 0;
    case Type::number:
      return value.number() == 0;
    case Type::duration:
      return value.duration() == 0;
    case Type::string:
    case Type::bytes:
    case Type::list:
    case Type::map:
      return size(c, &value).integer() == 0;
    default:
      return false;
  }
}

Value optional_of(Context& c, const Value* a) { return c.some(*a); }
Value optional_none(Context& c, const Value*) { return c.none(); }
Value optional_of_non_zero(Context& c, const Value* a) {
  return is_zero(c, *a) ? c.none() : c.some(*a);
}
Value has_value(Context&, const Value* a) { return a->optional() != nullptr; }
Value optional_value(Context& c, const Value* a) {
  return a->optional() != nullptr ? *a->optional() : c.fail("the optional has no value");
}
Value optional_or(Context&, const Value* a) { return a->optional() != nullptr ? a[0] : a[1]; }
Value or_value(Context&, const Value* a) {
  return a->optional() != nullptr ? *a->optional() : a[1];
}

constexpr Type kInt = Type::integer;
constexpr Type kUint = Type::uinteger;
constexpr Type kDouble = Type::number;
constexpr Type kString = Type::string;
constexpr Type kOptional = Type::optional;

constexpr Overload kFunctions[] = {
    {"size", Style::both, "s", kInt, size},
    {"size", Style::both, "y", kInt, size},
    {"size", Style::both, "l", kInt, size},
    {"size", Style::both, "m", kInt, size},
    {"type", Style::global, "*", Type::type, type_of},
    {"dyn", Style::global, "*", Type::any, same},
    {"int", Style::global, "i", kInt, same},
    {"int", Style::global, "u", kInt, to_int},
    {"int", Style::global, "d", kInt, to_int},
    {"int", Style::global, "s", kInt, to_int},
    {"int", Style::global, "T", kInt, to_int},
    {"uint", Style::global, "u", kUint, same},
    {"uint", Style::global, "i", kUint, to_uint},
    {"uint", Style::global, "d", kUint, to_uint},
    {"uint", Style::global, "s", kUint, to_uint},
    {"double", Style::global, "d", kDouble, same},
    {"double", Style::global, "i", kDouble, to_double},
    {"double", Style::global, "u", kDouble, to_double},
    {"double", Style::global, "s", kDouble, to_double},
    {"bool", Style::global, "b", Type::boolean, same},
    {"bool", Style::global, "s", Type::boolean, to_bool},
    {"string", Style::global, "s", kString, same},
    {"string", Style::global, "i", kString, to_string},
    {"string", Style::global, "u", kString, to_string},
    {"string", Style::global, "d", kString, to_string},
    {"string", Style::global, "b", kString, to_string},
    {"string", Style::global, "y", kString, to_string},
    {"string", Style::global, "T", kString, to_string},
    {"string", Style::global, "D", kString, to_string},
    {"string", Style::global, "I", kString, to_string},
    {"string", Style::global, "C", kString, to_string},
    {"bytes", Style::global, "y", Type::bytes, same},
    {"bytes", Style::global, "s", Type::bytes, to_bytes},
    {"optional.of", Style::global, "*", kOptional, optional_of},
    {"optional.none", Style::global, "", kOptional, optional_none},
    {"optional.ofNonZeroValue", Style::global, "*", kOptional, optional_of_non_zero},
    {"hasValue", Style::member, "O", Type::boolean, has_value},
    {"value", Style::member, "O", Type::any, optional_value},
    {"or", Style::member, "OO", kOptional, optional_or},
    {"orValue", Style::member, "O*", Type::any, or_value},
};

}  // namespace

std::span<const Overload> core_functions() { return kFunctions; }

}  // namespace weft::cel
