#include "lib/cel/time.h"

#include <charconv>
#include <chrono>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/cel/function.h"
#include "lib/cel/operators.h"

namespace weft::cel {
namespace {

constexpr std::int64_t kGiga = 1'000'000'000;
constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kFirst = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t kLast = 253'402'300'799;   // 9999-12-31T23:59:59Z

bool in_range(std::int64_t seconds) { return seconds >= kFirst && seconds <= kLast; }

// Takes exactly `digits` digits from the front.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> take_date(std::string_view& text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count() * kDay;
}

// "12:30" in seconds.
std::optional<std::int64_t> take_minutes(std::string_view& text) {
  const auto hours = take_number(text, 2);
  if (!hours || *hours > 23 || !take(text, ':')) return std::nullopt;
  const auto minutes = take_number(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  return (*hours * 60 + *minutes) * 60;
}

// ".5" in nanoseconds; nothing there is 0.
std::optional<std::int32_t> take_fraction(std::string_view& text) {
  if (!take(text, '.')) return 0;
  std::int32_t value = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits)
    if (digits < 9) value = value * 10 + (text[digits] - '0');
  if (digits == 0) return std::nullopt;
  for (std::size_t i = digits; i < 9; ++i) value *= 10;
  text.remove_prefix(digits);
  return value;
}

// "Z" or "+02:00", the whole text, in seconds east of Greenwich.
std::optional<std::int64_t> zone_offset(std::string_view text) {
  if (text == "Z" || text == "z" || text == "UTC") return 0;
  const bool west = text.starts_with('-');
  if (!west && !text.starts_with('+')) return std::nullopt;
  text.remove_prefix(1);
  const auto seconds = take_minutes(text);
  if (!seconds || !text.empty()) return std::nullopt;
  return west ? -*seconds : *seconds;
}

Value make_timestamp(Context& c, std::int64_t seconds, std::int64_t nanoseconds) {
  seconds += nanoseconds / kGiga;
  nanoseconds %= kGiga;
  if (nanoseconds < 0) {
    nanoseconds += kGiga;
    --seconds;
  }
  if (!in_range(seconds)) return c.fail("the time is outside the years 1 to 9999");
  return Timestamp{seconds, static_cast<std::int32_t>(nanoseconds)};
}

Value difference(Context& c, const Timestamp& a, const Timestamp& b) {
  std::int64_t result = 0;
  if (__builtin_mul_overflow(a.seconds - b.seconds, kGiga, &result) ||
      __builtin_add_overflow(result, std::int64_t{a.nanoseconds} - b.nanoseconds, &result))
    return c.fail("the difference of the times is out of the range of a duration");
  return Duration{result};
}

Value moved(Context& c, const Timestamp& time, std::int64_t nanoseconds) {
  return make_timestamp(c, time.seconds + nanoseconds / kGiga,
                        time.nanoseconds + nanoseconds % kGiga);
}

Value to_duration(Context& c, const Value* a) {
  if (const auto value = base::parse_duration(a->text())) return Duration{value->count()};
  return c.fail(fmt::format("\"{}\" is no duration", a->text()));
}

Value to_timestamp(Context& c, const Value* a) {
  if (const auto* seconds = a->get<std::int64_t>()) return make_timestamp(c, *seconds, 0);
  if (a->text().size() > 10)
    if (const auto value = parse_timestamp(a->text())) return *value;
  return c.fail(fmt::format("\"{}\" is no date and time", a->text()));
}

Value same(Context&, const Value* a) { return *a; }

struct Civil {
  std::chrono::sys_days day;
  std::chrono::year_month_day date;
  std::int64_t second = 0;  // of the day
};

Civil civil(std::int64_t seconds) {
  const std::int64_t days = (seconds >= 0 ? seconds : seconds - (kDay - 1)) / kDay;
  const std::chrono::sys_days day{std::chrono::days(days)};
  return {day, std::chrono::year_month_day(day), seconds - days * kDay};
}

enum class Part { year, month, day_of_year, day_of_month, date, weekday, hours, minutes, seconds };

std::int64_t part_of(const Civil& time, Part part) {
  const auto day_of_year =
      time.day - std::chrono::sys_days(time.date.year() / std::chrono::January / 1);
  switch (part) {
    case Part::year:
      return static_cast<int>(time.date.year());
    case Part::month:
      return static_cast<unsigned>(time.date.month()) - std::int64_t{1};
    case Part::day_of_year:
      return day_of_year.count();
    case Part::day_of_month:
      return static_cast<unsigned>(time.date.day()) - std::int64_t{1};
    case Part::date:
      return static_cast<unsigned>(time.date.day());
    case Part::weekday:
      return std::chrono::weekday(time.day).c_encoding();
    case Part::hours:
      return time.second / 3600;
    case Part::minutes:
      return time.second / 60 % 60;
    default:
      return time.second % 60;
  }
}

template <Part part>
Value timestamp_part(Context&, const Value* a) {
  return part_of(civil(a->timestamp().seconds), part);
}

template <Part part>
Value timestamp_part_in_zone(Context& c, const Value* a) {
  std::string zone(a[1].text());
  if (zone.size() > 2 && zone[0] >= '0' && zone[0] <= '9') zone = "+" + zone;
  const auto offset = zone_offset(zone);
  if (!offset)
    return c.fail(fmt::format("the time zone {} is not known: only UTC and +hh:mm are", zone));
  return part_of(civil(a->timestamp().seconds + *offset), part);
}

// Durations count whole units; milliseconds are those of the last second.
template <std::int64_t unit, std::int64_t limit>
Value duration_part(Context&, const Value* a) {
  const std::int64_t count = a->duration() / unit;
  return limit == 0 ? count : count % (limit == 0 ? 1 : limit);
}

Value milliseconds(Context&, const Value* a) {
  return std::int64_t{a->timestamp().nanoseconds / 1'000'000};
}

#define WEFT_TIME_PART(name, part)                                               \
  {name, Style::member, "T", Type::integer, timestamp_part<Part::part>}, {       \
    name, Style::member, "Ts", Type::integer, timestamp_part_in_zone<Part::part> \
  }

constexpr Overload kFunctions[] = {
    {"duration", Style::global, "s", Type::duration, to_duration},
    {"duration", Style::global, "D", Type::duration, same},
    {"timestamp", Style::global, "s", Type::timestamp, to_timestamp},
    {"timestamp", Style::global, "i", Type::timestamp, to_timestamp},
    {"timestamp", Style::global, "T", Type::timestamp, same},
    WEFT_TIME_PART("getFullYear", year),
    WEFT_TIME_PART("getMonth", month),
    WEFT_TIME_PART("getDayOfYear", day_of_year),
    WEFT_TIME_PART("getDayOfMonth", day_of_month),
    WEFT_TIME_PART("getDate", date),
    WEFT_TIME_PART("getDayOfWeek", weekday),
    WEFT_TIME_PART("getHours", hours),
    WEFT_TIME_PART("getMinutes", minutes),
    WEFT_TIME_PART("getSeconds", seconds),
    {"getMilliseconds", Style::member, "T", Type::integer, milliseconds},
    {"getHours", Style::member, "D", Type::integer, duration_part<3600 * kGiga, 0>},
    {"getMinutes", Style::member, "D", Type::integer, duration_part<60 * kGiga, 0>},
    {"getSeconds", Style::member, "D", Type::integer, duration_part<kGiga, 0>},
    {"getMilliseconds", Style::member, "D", Type::integer, duration_part<1'000'000, 1000>},
};

#undef WEFT_TIME_PART

}  // namespace

std::optional<Timestamp> parse_timestamp(std::string_view text) {
  const auto day = take_date(text);
  if (!day) return std::nullopt;
  if (text.empty()) return Timestamp{*day, 0};
  if (!take(text, 'T') && !take(text, 't')) return std::nullopt;
  const auto minutes = take_minutes(text);
  if (!minutes || !take(text, ':')) return std::nullopt;
  const auto seconds = take_number(text, 2);
  if (!seconds || *seconds > 59) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction || text == "UTC") return std::nullopt;
  const auto offset = zone_offset(text);
  if (!offset) return std::nullopt;
  const Timestamp result{*day + *minutes + *seconds - *offset, *fraction};
  return in_range(result.seconds) ? std::optional(result) : std::nullopt;
}

std::string timestamp_text(const Timestamp& timestamp) {
  const Civil time = civil(timestamp.seconds);
  std::string out = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", part_of(time, Part::year),
                                part_of(time, Part::month) + 1, part_of(time, Part::date),
                                part_of(time, Part::hours), part_of(time, Part::minutes),
                                part_of(time, Part::seconds));
  if (timestamp.nanoseconds != 0) {
    out += fmt::format(".{:09}", timestamp.nanoseconds);
    out.erase(out.find_last_not_of('0') + 1);
  }
  return out + "Z";
}

std::string duration_text(std::int64_t nanoseconds) {
  const std::uint64_t size = nanoseconds < 0 ? 0 - static_cast<std::uint64_t>(nanoseconds)
                                             : static_cast<std::uint64_t>(nanoseconds);
  std::string out = fmt::format("{}{}", nanoseconds < 0 ? "-" : "", size / kGiga);
  if (size % kGiga != 0) {
    out += fmt::format(".{:09}", size % kGiga);
    out.erase(out.find_last_not_of('0') + 1);
  }
  return out + "s";
}

Value time_arithmetic(Context& c, Op op, const Value& a, const Value& b) {
  const auto* a_time = a.get<Timestamp>();
  const auto* b_time = b.get<Timestamp>();
  const auto* a_span = a.get<Duration>();
  const auto* b_span = b.get<Duration>();
  const bool adds = op == Op::add;
  if (a_time != nullptr && b_time != nullptr && !adds) return difference(c, *a_time, *b_time);
  if (a_span != nullptr && b_time != nullptr && adds) return moved(c, *b_time, a_span->nanoseconds);
  if (b_span == nullptr || (a_time == nullptr && a_span == nullptr))
    return no_overload(c, op, a, b);
  std::int64_t sum = 0;
  if (a_time != nullptr) {
    if (!adds && b_span->nanoseconds == INT64_MIN) return c.fail("duration overflow");
    return moved(c, *a_time, adds ? b_span->nanoseconds : -b_span->nanoseconds);
  }
  if (adds ? __builtin_add_overflow(a_span->nanoseconds, b_span->nanoseconds, &sum)
           : __builtin_sub_overflow(a_span->nanoseconds, b_span->nanoseconds, &sum))
    return c.fail("duration overflow");
  return Duration{sum};
}

std::span<const Overload> time_functions() { return kFunctions; }

}  // namespace weft::cel
