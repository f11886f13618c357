#include <algorithm>
#include <iterator>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/cel/function.h"
#include "lib/cel/quantity.h"

namespace weft::cel {
namespace {

using Nanos = Quantity::Nanos;
constexpr Nanos kOne = 1'000'000'000;

struct Suffix {
  std::string_view text;
  int base;  // of the multiplier: 2 or 10
  int exponent;
};
constexpr Suffix kSuffixes[] = {{"", 10, 0},   {"n", 10, -9}, {"u", 10, -6}, {"m", 10, -3},
                                {"k", 10, 3},  {"M", 10, 6},  {"G", 10, 9},  {"T", 10, 12},
                                {"P", 10, 15}, {"E", 10, 18}, {"Ki", 2, 10}, {"Mi", 2, 20},
                                {"Gi", 2, 30}, {"Ti", 2, 40}, {"Pi", 2, 50}, {"Ei", 2, 60}};

std::optional<Suffix> parse_suffix(std::string_view text) {
  for (const auto& suffix : kSuffixes)
    if (suffix.text == text) return suffix;
  if (text.size() < 2 || (text[0] != 'e' && text[0] != 'E')) return std::nullopt;
  text.remove_prefix(1);
  if (text[0] == '+' && text.size() > 1) text.remove_prefix(1);
  const auto exponent = base::parse_int(text);
  constexpr std::int64_t kMost = 30;
  if (!exponent || *exponent > kMost || *exponent < -kMost) return std::nullopt;
  return Suffix{{}, 10, static_cast<int>(*exponent)};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

template <typename T>
Value object(Context& c, const T& value) {
  return static_cast<const Object*>(c.arena.keep(value));
}

Value is_quantity(Context&, const Value* a) { return parse_quantity(a->text()).has_value(); }
Value to_quantity(Context& c, const Value* a) {
  if (const auto quantity = parse_quantity(a->text())) return object(c, *quantity);
  return c.fail(fmt::format("\"{}\" is no quantity", a->text()));
}

Nanos nanos(const Value& value) { return value.object<Quantity>().nanos; }

bool fits_int(Nanos value) {
  return value % kOne == 0 && value / kOne <= INT64_MAX && value / kOne >= INT64_MIN;
}
Value is_integer(Context&, const Value* a) { return fits_int(nanos(*a)); }
Value as_integer(Context& c, const Value* a) {
  if (!fits_int(nanos(*a))) return c.fail("the quantity is no integer");
  return static_cast<std::int64_t>(nanos(*a) / kOne);
}
Value as_float(Context&, const Value* a) {
  return static_cast<double>(nanos(*a)) / static_cast<double>(kOne);
}
Value sign(Context&, const Value* a) {
  return std::int64_t{nanos(*a) > 0 ? 1 : nanos(*a) < 0 ? -1 : 0};
}

Value sum_of(Context& c, Nanos a, Nanos b, bool subtract) {
  Quantity result{{Type::quantity}};
  if (subtract ? __builtin_sub_overflow(a, b, &result.nanos)
               : __builtin_add_overflow(a, b, &result.nanos))
    return c.fail("quantity overflow");
  return object(c, result);
}
template <bool subtract>
Value combine(Context& c, const Value* a) {
  return sum_of(c, nanos(a[0]), nanos(a[1]), subtract);
}
template <bool subtract>
Value combine_int(Context& c, const Value* a) {
  return sum_of(c, nanos(a[0]), a[1].integer() * kOne, subtract);
}

Value order(std::strong_ordering order) { return std::int64_t{order > 0 ? 1 : order < 0 ? -1 : 0}; }

Value quantity_less(Context&, const Value* a) { return nanos(a[0]) < nanos(a[1]); }
Value quantity_greater(Context&, const Value* a) { return nanos(a[0]) > nanos(a[1]); }
Value quantity_order(Context&, const Value* a) { return order(nanos(a[0]) <=> nanos(a[1])); }

Value is_semver(Context&, const Value* a) { return parse_semver(a->text()).has_value(); }
Value to_semver(Context& c, const Value* a) {
  if (const auto version = parse_semver(a->text())) return object(c, *version);
  return c.fail(fmt::format("\"{}\" is no semantic version", a->text()));
}
template <std::uint64_t Semver::*part>
Value version_part(Context&, const Value* a) {
  return static_cast<std::int64_t>(a->object<Semver>().*part);
}
std::strong_ordering version_order(const Value* a) {
  return compare_versions(a[0].object<Semver>(), a[1].object<Semver>());
}
Value version_less(Context&, const Value* a) { return version_order(a) < 0; }
Value version_greater(Context&, const Value* a) { return version_order(a) > 0; }
Value version_compare(Context&, const Value* a) { return order(version_order(a)); }

constexpr Type kBool = Type::boolean;
constexpr Type kInt = Type::integer;
constexpr Type kQuantity = Type::quantity;

constexpr Overload kFunctions[] = {
    {"quantity", Style::global, "s", kQuantity, to_quantity},
    {"isQuantity", Style::global, "s", kBool, is_quantity},
    {"isInteger", Style::member, "Q", kBool, is_integer},
    {"asInteger", Style::member, "Q", kInt, as_integer},
    {"asApproximateFloat", Style::member, "Q", Type::number, as_float},
    {"sign", Style::member, "Q", kInt, sign},
    {"add", Style::member, "QQ", kQuantity, combine<false>},
    {"add", Style::member, "Qi", kQuantity, combine_int<false>},
    {"sub", Style::member, "QQ", kQuantity, combine<true>},
    {"sub", Style::member, "Qi", kQuantity, combine_int<true>},
    {"isLessThan", Style::member, "QQ", kBool, quantity_less},
    {"isGreaterThan", Style::member, "QQ", kBool, quantity_greater},
    {"compareTo", Style::member, "QQ", kInt, quantity_order},
    {"semver", Style::global, "s", Type::semver, to_semver},
    {"isSemver", Style::global, "s", kBool, is_semver},
    {"major", Style::member, "V", kInt, version_part<&Semver::major>},
    {"minor", Style::member, "V", kInt, version_part<&Semver::minor>},
    {"patch", Style::member, "V", kInt, version_part<&Semver::patch>},
    {"isLessThan", Style::member, "VV", kBool, version_less},
    {"isGreaterThan", Style::member, "VV", kBool, version_greater},
    {"compareTo", Style::member, "VV", kInt, version_compare},
};

}  // namespace

std::optional<Quantity> parse_quantity(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  Nanos digits = 0;
  int scale = 0;  // digits behind the point
  bool seen_point = false;
  std::size_t count = 0;
  std::size_t length = 0;
  for (; length < text.size() && (is_digit(text[length]) || text[length] == '.'); ++length) {
    if (text[length] == '.') {
      if (seen_point) return std::nullopt;
      seen_point = true;
      continue;
    }
    ++count;
    if (__builtin_mul_overflow(digits, Nanos{10}, &digits) ||
        __builtin_add_overflow(digits, Nanos{text[length] - '0'}, &digits))
      return std::nullopt;
    scale += seen_point ? 1 : 0;
  }
  const auto suffix = parse_suffix(text.substr(length));
  if (count == 0 || !suffix) return std::nullopt;
  int exponent = 9 - scale;
  if (suffix->base == 10)
    exponent += suffix->exponent;
  else if (__builtin_mul_overflow(digits, Nanos{1} << suffix->exponent, &digits))
    return std::nullopt;
  for (; exponent > 0; --exponent)
    if (__builtin_mul_overflow(digits, Nanos{10}, &digits)) return std::nullopt;
  bool rest = false;
  for (; exponent < 0; ++exponent) {
    rest |= digits % 10 != 0;
    digits /= 10;
  }
  digits += rest ? 1 : 0;
  return Quantity{{Type::quantity}, negative ? -digits : digits};
}

namespace {

// A number without leading zeros.
std::optional<std::uint64_t> version_number(std::string_view text) {
  if (text.size() > 1 && text[0] == '0') return std::nullopt;
  return base::parse_uint(text);
}

bool is_identifier(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
}

std::strong_ordering compare_identifiers(std::string_view a, std::string_view b) {
  const auto left = base::parse_uint(a);
  const auto right = base::parse_uint(b);
  if (left && right) return *left <=> *right;
  if (left || right) return left ? std::strong_ordering::less : std::strong_ordering::greater;
  return a.compare(b) <=> 0;
}

}  // namespace

std::optional<Semver> parse_semver(std::string_view text) {
  Semver version{{Type::semver}};
  const std::size_t plus = text.find('+');
  if (plus != std::string_view::npos) {
    for (const auto part : base::split(text.substr(plus + 1), '.'))
      if (!is_identifier(part)) return std::nullopt;
    text = text.substr(0, plus);
  }
  if (const std::size_t dash = text.find('-'); dash != std::string_view::npos) {
    version.prerelease = text.substr(dash + 1);
    for (const auto part : base::split(version.prerelease, '.')) {
      const bool is_number = std::all_of(part.begin(), part.end(), is_digit);
      if (!is_identifier(part) || (is_number && !version_number(part))) return std::nullopt;
    }
    text = text.substr(0, dash);
  }
  const auto parts = base::split(text, '.');
  if (parts.size() != 3) return std::nullopt;
  std::uint64_t* const numbers[] = {&version.major, &version.minor, &version.patch};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto number = version_number(parts[i]);
    if (!number || *number > INT64_MAX) return std::nullopt;
    *numbers[i] = *number;
  }
  return version;
}

std::strong_ordering compare_versions(const Semver& a, const Semver& b) {
  if (const auto by = a.major <=> b.major; by != 0) return by;
  if (const auto by = a.minor <=> b.minor; by != 0) return by;
  if (const auto by = a.patch <=> b.patch; by != 0) return by;
  // A release comes after its previews.
  if (a.prerelease.empty() || b.prerelease.empty())
    return a.prerelease.empty() <=> b.prerelease.empty();
  const auto left = base::split(a.prerelease, '.');
  const auto right = base::split(b.prerelease, '.');
  for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i)
    if (const auto by = compare_identifiers(left[i], right[i]); by != 0) return by;
  return left.size() <=> right.size();
}

std::span<const Overload> quantity_functions() { return kFunctions; }

}  // namespace weft::cel
