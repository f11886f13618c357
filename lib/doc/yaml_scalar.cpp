#include "lib/doc/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "lib/base/text.h"

namespace weft::doc {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool any_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

std::size_t digits_from(std::string_view text, std::size_t start) {
  std::size_t end = start;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - start;
}

std::optional<double> to_double(std::string_view text) {
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  return value;
}

// `digits` holds only digits of the base.
std::optional<Value> integer(std::string_view digits, int base, bool negative) {
  std::uint64_t magnitude = 0;
  const auto [stop, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), magnitude, base);
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (error == std::errc{} && magnitude <= kMax + (negative ? 1 : 0))
    return Value(static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude));
  if (error == std::errc{}) {
    const auto value = static_cast<double>(magnitude);
    return Value(negative ? -value : value);
  }
  if (base != 10) return std::nullopt;
  const auto value = to_double(digits);
  if (!value) return std::nullopt;
  return Value(negative ? -*value : *value);
}

bool is_based(std::string_view text, std::string_view prefix, std::string_view digits) {
  return text.size() > 2 && text.starts_with(prefix) &&
         text.find_first_not_of(digits, 2) == std::string_view::npos;
}

enum class Shape { none, integer, decimal };

// [0-9]+ or (\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
Shape shape(std::string_view text) {
  const std::size_t whole = digits_from(text, 0);
  if (whole == text.size()) return whole == 0 ? Shape::none : Shape::integer;
  std::size_t at = whole;
  if (text[at] == '.') {
    const std::size_t fraction = digits_from(text, ++at);
    if (whole + fraction == 0) return Shape::none;
    at += fraction;
  } else if (whole == 0) {
    return Shape::none;
  }
  if (at == text.size()) return Shape::decimal;
  if (text[at] != 'e' && text[at] != 'E') return Shape::none;
  if (++at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
  const std::size_t exponent = digits_from(text, at);
  return exponent != 0 && at + exponent == text.size() ? Shape::decimal : Shape::none;
}

Value word(std::string_view text) {
  if (any_of(text, {"null", "Null", "NULL"})) return {};
  if (any_of(text, {"true", "True", "TRUE"})) return true;
  if (any_of(text, {"false", "False", "FALSE"})) return false;
  return text;
}

}  // namespace

std::optional<Value> yaml_scalar(std::string_view text) {
  if (is_surely_text(text)) return Value(text);
  if (text.empty() || text == "~") return Value();
  if (text[0] > '9') return word(text);
  if (any_of(text, {".nan", ".NaN", ".NAN"}))
    return Value(std::numeric_limits<double>::quiet_NaN());
  if (is_based(text, "0o", "01234567")) return integer(text.substr(2), 8, false);
  if (is_based(text, "0x", "0123456789abcdefABCDEF")) return integer(text.substr(2), 16, false);

  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (any_of(rest, {".inf", ".Inf", ".INF"})) {
    const double infinity = std::numeric_limits<double>::infinity();
    return Value(negative ? -infinity : infinity);
  }
  const Shape found = shape(rest);
  if (found == Shape::integer) return integer(rest, 10, negative);
  if (found == Shape::none) return Value(text);
  const auto value = to_double(rest);
  if (!value) return std::nullopt;
  return Value(negative ? -*value : *value);
}

bool is_typed_in_yaml_1_1(std::string_view text) {
  const std::string word = base::lower(text);
  if (any_of(word, {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "=", "<<"}))
    return true;
  // Everything that starts like a number and holds nothing but what numbers, times and dates hold.
  return !word.empty() &&
         (is_digit(word[0]) || word[0] == '.' || word[0] == '+' || word[0] == '-') &&
         word.find_first_not_of("0123456789abcdefox._+-: tz") == std::string::npos;
}

}  // namespace weft::doc
