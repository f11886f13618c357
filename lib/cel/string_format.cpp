#include "lib/cel/string_format.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "lib/base/format.h"
#include "lib/cel/number_text.h"
#include "lib/cel/time.h"

namespace weft::cel {
namespace {

constexpr std::size_t kLongest = 1u << 20;  // bytes of a result
constexpr int kDefaultDecimals = 6;

// Everything that %s shows: maps in the order of their keys, floats as %f would not.
bool append_text(Context& c, const Value& value, std::string& out) {
  if (!c.charge(1) || out.size() > kLongest) return false;
  switch (value.type()) {
    case Type::string:
      out += value.text();
      return true;
    case Type::bytes:
      out += value.bytes();
      return true;
    case Type::null:
      out += "null";
      return true;
    case Type::boolean:
      out += value.boolean() ? "true" : "false";
      return true;
    case Type::integer:
      out += fmt::format("{}", value.integer());
      return true;
    case Type::uinteger:
      out += fmt::format("{}", value.uinteger());
      return true;
    case Type::number:
      out += number_text(value.number());
      return true;
    case Type::duration:
      out += duration_text(value.duration());
      return true;
    case Type::timestamp:
      out += timestamp_text(value.timestamp());
      return true;
    case Type::type:
      out += type_name(*value.get<Type>());
      return true;
    case Type::list: {
      const Items items(c, value);
      out += '[';
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (i > 0) out += ", ";
        if (!append_text(c, items[i], out)) return false;
      }
      out += ']';
      return true;
    }
    case Type::map: {
      const Entries entries(c, value);
      std::vector<std::string> shown;
      for (std::size_t i = 0; i < entries.size(); ++i) {
        std::string& each = shown.emplace_back();
        if (!append_text(c, entries.key(i), each)) return false;
        each += ": ";
        if (!append_text(c, entries.value(i), each)) return false;
      }
      std::sort(shown.begin(), shown.end());
      out += '{';
      for (std::size_t i = 0; i < shown.size(); ++i) out += (i > 0 ? ", " : "") + shown[i];
      out += '}';
      return true;
    }
    default:
      return false;
  }
}

std::string hex_of(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

// A whole number in a base; absent for other types.
std::optional<std::string> in_base(const Value& value, char verb) {
  const auto shown = [&](bool negative, std::uint64_t size) {
    const std::string digits = verb == 'b'   ? fmt::format("{:b}", size)
                               : verb == 'o' ? fmt::format("{:o}", size)
                               : verb == 'd' ? fmt::format("{}", size)
                                             : fmt::format("{:x}", size);
    return (negative ? "-" : "") + digits;
  };
  if (const auto* integer = value.get<std::int64_t>()) {
    const bool negative = *integer < 0;
    const auto size = static_cast<std::uint64_t>(*integer);
    return shown(negative, negative ? 0 - size : size);
  }
  if (const auto* natural = value.get<std::uint64_t>()) return shown(false, *natural);
  if (const auto* boolean = value.get<bool>(); boolean != nullptr && verb == 'b')
    return *boolean ? "1" : "0";
  return std::nullopt;
}

std::optional<std::string> one_verb(Context& c, char verb, std::optional<int> decimals,
                                    const Value& value) {
  if (verb == 's') {
    std::string out;
    return append_text(c, value, out) ? std::optional(out) : std::nullopt;
  }
  if (verb == 'f' || verb == 'e') {
    const auto* number = value.get<double>();
    const auto* integer = value.get<std::int64_t>();
    if (number == nullptr && integer == nullptr) return std::nullopt;
    const double real = number != nullptr ? *number : static_cast<double>(*integer);
    const int places = decimals.value_or(kDefaultDecimals);
    return verb == 'f' ? fixed_text(real, places) : scientific_text(real, places);
  }
  if (verb == 'd' && value.type() == Type::number) return number_text(value.number());
  if (verb != 'x' && verb != 'X') return in_base(value, verb);
  auto shown = value.type() == Type::string  ? std::optional(hex_of(value.text()))
               : value.type() == Type::bytes ? std::optional(hex_of(value.bytes()))
                                             : in_base(value, verb);
  if (shown && verb == 'X')
    for (char& each : *shown)
      if (each >= 'a' && each <= 'f') each = static_cast<char>(each - 32);
  return shown;
}

// The precision ".2" at the front of `text`, if there is one; nonsense is left for the verb.
std::optional<int> take_decimals(std::string_view& text) {
  if (!text.starts_with('.')) return std::nullopt;
  int value = 0;
  std::size_t length = 1;
  constexpr std::size_t kMostDigits = 3;
  for (;
       length < text.size() && length <= kMostDigits && text[length] >= '0' && text[length] <= '9';
       ++length)
    value = value * 10 + (text[length] - '0');
  if (length == 1) return std::nullopt;
  text.remove_prefix(length);
  return value;
}

}  // namespace

Value format_string(Context& c, const Value* a) {
  std::string_view rest = a[0].text();
  const Items values(c, a[1]);
  std::size_t used = 0;
  std::string out;
  while (!rest.empty()) {
    const std::size_t plain = std::min(rest.find('%'), rest.size());
    out += rest.substr(0, plain);
    rest.remove_prefix(plain);
    if (rest.empty()) break;
    rest.remove_prefix(1);
    if (rest.starts_with('%')) {
      out += '%';
      rest.remove_prefix(1);
      continue;
    }
    const auto decimals = take_decimals(rest);
    constexpr std::string_view kVerbs = "sdfeboxX";
    if (rest.empty() || kVerbs.find(rest[0]) == std::string_view::npos)
      return c.fail("the format has a % without one of the verbs s d f e b o x X");
    if (used >= values.size()) return c.fail("the format has more verbs than values");
    const Value value = values[used++];
    if (value.is_error()) return value;
    const auto shown = one_verb(c, rest[0], decimals, value);
    if (!shown)
      return c.fail(fmt::format("%{} cannot show a {}", rest[0], type_name(value.type())));
    out += *shown;
    if (!c.charge(shown->size() / 10)) return c.out_of_budget();
    rest.remove_prefix(1);
  }
  return c.text(out);
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    constexpr std::string_view kEscaped = "\a\b\f\n\r\t\v\\\"";
    constexpr std::string_view kLetters = "abfnrtv\\\"";
    const std::size_t at = kEscaped.find(c);
    if (at == std::string_view::npos) {
      out += c;
    } else {
      out += '\\';
      out += kLetters[at];
    }
  }
  return out + "\"";
}

}  // namespace weft::cel
