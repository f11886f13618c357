#include "lib/smp/fields.h"

#include <cmath>
#include <limits>

#include "lib/base/format.h"

namespace weft::smp {

namespace {

const doc::Value kNull;

// Whole numbers above this are no longer exact as a double.
constexpr double kMaxExact = 9007199254740992.0;

std::string shown(const doc::Value& value) {
  if (value.is_string()) return fmt::format("the text \"{}\"", value.string().substr(0, 40));
  if (value.is_number()) return fmt::format("{}", value.number());
  return fmt::format("a {}", value.kind_name());
}

}  // namespace

const doc::Value& Fields::at(const doc::Value& parent, std::string_view key) {
  const doc::Value* value = parent.find(key);
  return value != nullptr ? *value : kNull;
}

const doc::Value& Fields::demand(const doc::Value& value, std::string_view name, bool right,
                                 std::string_view wanted) {
  if (right || value.is_null()) return value;
  fail(value, fmt::format("{} is {}, expected {}", name, shown(value), wanted));
  return kNull;
}

const doc::Value& Fields::map(const doc::Value& parent, std::string_view key) {
  const doc::Value& value = at(parent, key);
  return demand(value, key, value.is_map(), "a map");
}

const doc::Value& Fields::list(const doc::Value& parent, std::string_view key) {
  const doc::Value& value = at(parent, key);
  return demand(value, key, value.is_list(), "a list");
}

std::optional<double> Fields::number_of(const doc::Value& value, std::string_view name) {
  if (value.is_null()) return std::nullopt;
  std::optional<double> number;
  if (value.is_number()) number = value.number();
  if (value.is_string()) number = base::parse_double(value.string());
  if (number && std::isfinite(*number) && *number >= 0) return number;
  demand(value, name, false, "a number that is not negative");
  return std::nullopt;
}

std::optional<std::uint64_t> Fields::count_of(const doc::Value& value, std::string_view name) {
  if (value.is_null()) return std::nullopt;
  std::optional<std::uint64_t> count;
  if (value.is_int() && value.integer() >= 0) {
    count = static_cast<std::uint64_t>(value.integer());
  } else if (value.is_string()) {
    const auto whole = base::parse_int(value.string());
    if (whole && *whole >= 0) count = static_cast<std::uint64_t>(*whole);
  } else if (value.is_number()) {
    const double number = value.number();
    if (number >= 0 && number <= kMaxExact && number == std::floor(number))
      count = static_cast<std::uint64_t>(number);
  }
  if (!count) demand(value, name, false, "a whole number from 0 to 2^63");
  return count;
}

std::optional<double> Fields::number(const doc::Value& parent, std::string_view key) {
  return number_of(at(parent, key), key);
}

std::optional<double> Fields::number(const doc::Value& parent, std::string_view key, double scale) {
  auto value = number(parent, key);
  if (value) *value *= scale;
  if (!value || std::isfinite(*value)) return value;
  fail(at(parent, key), fmt::format("{} is too large", key));
  return std::nullopt;
}

std::optional<std::uint64_t> Fields::count(const doc::Value& parent, std::string_view key) {
  return count_of(at(parent, key), key);
}

std::optional<std::int64_t> Fields::whole(const doc::Value& parent, std::string_view key) {
  const auto value = count(parent, key);
  if (!value) return std::nullopt;
  if (*value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
    return static_cast<std::int64_t>(*value);
  fail(at(parent, key), fmt::format("{} is too large", key));
  return std::nullopt;
}

std::optional<bool> Fields::flag(const doc::Value& parent, std::string_view key) {
  const doc::Value& value = at(parent, key);
  if (demand(value, key, value.is_bool(), "true or false").is_null()) return std::nullopt;
  return value.boolean();
}

std::string Fields::text(const doc::Value& parent, std::string_view key) {
  const doc::Value& value = at(parent, key);
  return demand(value, key, value.is_string(), "text").is_null() ? "" : value.string().str();
}

std::optional<base::WallTime> Fields::time(const doc::Value& parent, std::string_view key) {
  const std::string value = text(parent, key);
  if (value.empty()) return std::nullopt;
  auto time = base::parse_rfc3339(value);
  if (time) return *time;
  fail(at(parent, key), fmt::format("{}: {}", key, time.error().message), time.error().remedy);
  return std::nullopt;
}

std::optional<base::Nanoseconds> Fields::duration(const doc::Value& parent, std::string_view key) {
  const std::string value = text(parent, key);
  if (value.empty()) return std::nullopt;
  auto duration = base::parse_duration(value);
  if (duration && duration->count() >= 0) return *duration;
  demand(at(parent, key), key, false, "a duration such as 1.5s");
  return std::nullopt;
}

void Fields::fail(const doc::Value& value, std::string message, std::string remedy) {
  if (!error_) error_ = document_.error(value.position(), std::move(message), std::move(remedy));
}

base::Result<void> Fields::status() const {
  if (error_) return *error_;
  return {};
}

std::optional<base::WallTime> later(std::optional<base::WallTime> time, base::Nanoseconds by) {
  std::int64_t sum = 0;
  if (!time || __builtin_add_overflow(time->time_since_epoch().count(), by.count(), &sum))
    return std::nullopt;
  return base::WallTime(base::Nanoseconds(sum));
}

std::optional<base::Nanoseconds> from_seconds(double seconds) {
  if (!(std::abs(seconds) < 9.2e9)) return std::nullopt;
  return base::Nanoseconds(std::llround(seconds * 1e9));
}

}  // namespace weft::smp
