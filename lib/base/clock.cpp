#include "lib/base/clock.h"

#include <optional>

#include "lib/base/format.h"
#include "lib/base/number.h"

namespace weft::base {
namespace {

class SystemClock final : public Clock {
 public:
  WallTime wall() const override { return std::chrono::system_clock::now(); }
  MonoTime monotonic() const override { return std::chrono::steady_clock::now(); }
};

// Reads `width` digits at `at` and moves past them and past `follow` (0: nothing follows).
std::optional<int> field(std::string_view text, std::size_t& at, std::size_t width, char follow) {
  if (at + width > text.size()) return std::nullopt;
  const auto value = parse_uint(text.substr(at, width));
  at += width;
  if (follow != 0 && (at >= text.size() || text[at++] != follow)) return std::nullopt;
  return value ? std::optional<int>(static_cast<int>(*value)) : std::nullopt;
}

std::optional<std::int64_t> fraction_ns(std::string_view text, std::size_t& at) {
  if (at >= text.size() || text[at] != '.') return 0;
  std::int64_t value = 0;
  std::int64_t scale = 1'000'000'000;
  const std::size_t start = ++at;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
    if (scale > 1) value += (text[at] - '0') * (scale /= 10);
  return at == start ? std::nullopt : std::optional(value);
}

std::optional<std::chrono::minutes> zone(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  if (rest == "Z" || rest == "z") return std::chrono::minutes{0};
  if (rest.size() != 6 || (rest[0] != '+' && rest[0] != '-')) return std::nullopt;
  std::size_t cursor = 1;
  const auto hours = field(rest, cursor, 2, ':');
  const auto minutes = field(rest, cursor, 2, 0);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const int total = *hours * 60 + *minutes;
  return std::chrono::minutes{rest[0] == '-' ? -total : total};
}

std::optional<WallTime> read_rfc3339(std::string_view text) {
  std::size_t at = 0;
  const auto year = field(text, at, 4, '-');
  const auto month = field(text, at, 2, '-');
  const auto day = field(text, at, 2, 0);
  if (!year || !month || !day || at >= text.size()) return std::nullopt;
  if (text[at] != 'T' && text[at] != 't' && text[at] != ' ') return std::nullopt;
  ++at;
  const auto hour = field(text, at, 2, ':');
  const auto minute = field(text, at, 2, ':');
  const auto second = field(text, at, 2, 0);
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60)
    return std::nullopt;
  const auto fraction = fraction_ns(text, at);
  if (!fraction) return std::nullopt;
  const auto offset = zone(text, at);
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!offset || !date.ok() || *year < 1678 || *year > 2261) return std::nullopt;
  return WallTime{std::chrono::sys_days{date}.time_since_epoch()} + std::chrono::hours{*hour} +
         std::chrono::minutes{*minute} + std::chrono::seconds{*second} +
         std::chrono::nanoseconds{*fraction} - *offset;
}

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

std::string format_rfc3339(WallTime time) {
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{days};
  const std::chrono::hh_mm_ss clock{time - days};
  std::string out =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  clock.hours().count(), clock.minutes().count(), clock.seconds().count());
  if (clock.subseconds().count() != 0) {
    out += fmt::format(".{:09}", clock.subseconds().count());
    out.erase(out.find_last_not_of('0') + 1);
  }
  return out + 'Z';
}

Result<WallTime> parse_rfc3339(std::string_view text) {
  if (const auto time = read_rfc3339(text)) return *time;
  return Error{ExitCode::input, fmt::format("\"{}\" is not an RFC 3339 time", text.substr(0, 64)),
               "write it like 2026-03-01T12:00:00Z"};
}

}  // namespace weft::base
