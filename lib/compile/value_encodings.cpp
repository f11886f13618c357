// Single values: durations, shares, numbers as text, hosts.
#include <cmath>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/compile/encodings.h"

namespace weft::compile {
namespace {

using doc::Value;
using Encoded = std::optional<Value>;
using std::chrono::milliseconds;
using std::chrono::seconds;

Value tidy(double number) {
  return std::floor(number) == number ? Value(static_cast<std::int64_t>(number)) : Value(number);
}

std::optional<base::Nanoseconds> duration_of(const Value& value) {
  if (!value.is_string()) return std::nullopt;
  const auto parsed = base::parse_duration(value.string());
  return parsed.ok() ? std::optional(*parsed) : std::nullopt;
}

// In whole units of `Unit`; what is finer is rounded up and said.
template <typename Unit>
std::int64_t whole(const Value& value, Coding& coding, std::string_view unit) {
  const auto duration = *duration_of(value);
  const auto rounded = std::chrono::ceil<Unit>(duration);
  if (rounded != duration)
    coding.losses.push_back(
        fmt::format("{} is rounded up to {} {}", value.string(), rounded.count(), unit));
  return rounded.count();
}

template <typename Unit>
Encoded from_units(const Value& value) {
  if (!value.is_int() || value.integer() < 0 || value.integer() > 1'000'000'000) return {};
  return base::format_duration(Unit(value.integer()));
}

Encoded to_seconds(const Value& value, Coding& coding) {
  return whole<seconds>(value, coding, "s");
}
Encoded from_seconds(const Value& value, const Coding&) { return from_units<seconds>(value); }
Encoded to_millis(const Value& value, Coding& coding) {
  return whole<milliseconds>(value, coding, "ms");
}
Encoded from_millis(const Value& value, const Coding&) { return from_units<milliseconds>(value); }

Encoded from_go(const Value& value, const Coding&) {
  const auto duration = duration_of(value);
  return duration ? Encoded(base::format_duration(*duration)) : std::nullopt;
}
Encoded to_go(const Value& value, Coding&) { return value; }

// GEP-2257: h, m, s and ms, whole numbers only.
Encoded to_gep2257(const Value& value, Coding& coding) {
  auto rest = milliseconds(whole<milliseconds>(value, coding, "ms"));
  std::string text;
  const auto part = [&](milliseconds unit, std::string_view name) {
    if (rest < unit) return;
    text += fmt::format("{}{}", rest / unit, name);
    rest %= unit;
  };
  part(std::chrono::hours(1), "h");
  part(std::chrono::minutes(1), "m");
  part(seconds(1), "s");
  part(milliseconds(1), "ms");
  return text.empty() ? "0s" : text;
}

Encoded to_unit_value(const Value& value, Coding& coding) {
  const auto millis = whole<milliseconds>(value, coding, "ms");
  const bool even = millis % 1000 == 0;
  return Value::map().set("unit", even ? "s" : "ms").set("value", even ? millis / 1000 : millis);
}
Encoded from_unit_value(const Value& value, const Coding&) {
  const Value* unit = value.find("unit");
  const Value* number = value.find("value");
  if (unit == nullptr || number == nullptr) return {};
  return *unit == "s" ? from_units<seconds>(*number) : from_units<milliseconds>(*number);
}

Encoded to_whole(const Value& value, Coding& coding) {
  const auto rounded = static_cast<std::int64_t>(std::llround(value.number()));
  if (static_cast<double>(rounded) != value.number())
    coding.losses.push_back(fmt::format("{} is rounded to {}", value.number(), rounded));
  return rounded;
}
Encoded from_whole(const Value& value, const Coding&) {
  return value.is_number() ? Encoded(value) : std::nullopt;
}

Encoded to_fraction(const Value& value, Coding&) { return tidy(value.number() / 100); }
Encoded from_fraction(const Value& value, const Coding&) {
  if (!value.is_number()) return {};
  return tidy(std::round(value.number() * 1e8) / 1e6);
}

// Whole numbers as they are, others as text: Kubernetes' int-or-string.
Encoded to_int_or_text(const Value& value, Coding&) {
  const Value number = tidy(value.number());
  return number.is_int() ? number : Value(fmt::format("{}", value.number()));
}
Encoded from_int_or_text(const Value& value, const Coding&) {
  if (value.is_number()) return value;
  if (!value.is_string()) return {};
  const auto number = base::parse_double(value.string());
  return number ? Encoded(tidy(*number)) : std::nullopt;
}

Encoded to_text(const Value& value, Coding&) {
  if (value.is_bool()) return value.boolean() ? "true" : "false";
  if (value.is_int()) return fmt::format("{}", value.integer());
  if (value.is_number()) return fmt::format("{}", value.number());
  return value;
}
Encoded from_text(const Value& value, const Coding& coding) {
  if (!value.is_string()) return {};
  if (value.string() == "true" || value.string() == "false") return value.string() == "true";
  return from_int_or_text(value, coding);
}

Encoded negate(const Value& value, Coding&) { return !value.boolean(); }
Encoded negate_back(const Value& value, const Coding&) {
  return value.is_bool() ? Encoded(!value.boolean()) : std::nullopt;
}

// The rest to a hundred: of two shares the other one.
Encoded to_rest(const Value& value, Coding&) { return tidy(100 - value.number()); }
Encoded from_rest(const Value& value, const Coding&) {
  return value.is_number() ? Encoded(tidy(100 - value.number())) : std::nullopt;
}

// The argument with % in place of the value: "https://%/".
Encoded to_wrapped(const Value& value, Coding& coding) {
  const auto mark = coding.argument.find('%');
  const Value text = *to_text(value, coding);
  return fill(coding.argument.substr(0, mark), coding.names) + text.string() +
         fill(coding.argument.substr(mark + 1), coding.names);
}
Encoded from_wrapped(const Value& value, const Coding& coding) {
  if (!value.is_string()) return {};
  const auto mark = coding.argument.find('%');
  const std::string head = fill(coding.argument.substr(0, mark), coding.names);
  const std::string tail = fill(coding.argument.substr(mark + 1), coding.names);
  const doc::Text& text = value.string();
  if (text.size() <= head.size() + tail.size() || !text.starts_with(head) || !text.ends_with(tail))
    return {};
  auto inner = text.substr(head.size(), text.size() - head.size() - tail.size());
  if (const auto number = base::parse_int(inner)) return *number;
  return inner;
}

}  // namespace

std::span<const Encoding> value_encodings() {
  static constexpr Encoding kEncodings[] = {{"duration", to_go, from_go},
                                            {"seconds", to_seconds, from_seconds},
                                            {"millis", to_millis, from_millis},
                                            {"gep2257", to_gep2257, from_go},
                                            {"unit-value", to_unit_value, from_unit_value},
                                            {"whole", to_whole, from_whole},
                                            {"fraction", to_fraction, from_fraction},
                                            {"int-or-text", to_int_or_text, from_int_or_text},
                                            {"text", to_text, from_text},
                                            {"not", negate, negate_back},
                                            {"rest", to_rest, from_rest},
                                            {"wrap", to_wrapped, from_wrapped}};
  return kEncodings;
}

}  // namespace weft::compile
