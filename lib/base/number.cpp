#include "lib/base/number.h"

#include <array>
#include <charconv>
#include <cmath>

#include "lib/base/format.h"

namespace weft::base {
namespace {

template <typename T>
std::optional<T> whole_number(std::string_view text) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

struct Unit {
  std::string_view name;
  double scale;
};

// Longer names first: "ms" must not be read as minutes followed by "s".
constexpr std::array kDurationUnits = {
    Unit{"ns", 1},   Unit{"us", 1e3}, Unit{"\xc2\xb5s", 1e3}, Unit{"\xce\xbcs", 1e3},
    Unit{"ms", 1e6}, Unit{"s", 1e9},  Unit{"m", 60e9},        Unit{"h", 3600e9},
};

constexpr std::array kSizeUnits = {
    Unit{"", 1},         Unit{"k", 1e3},         Unit{"m", 1e6},
    Unit{"g", 1e9},      Unit{"t", 1e12},        Unit{"ki", 1024},
    Unit{"mi", 1048576}, Unit{"gi", 1073741824}, Unit{"ti", 1099511627776.0},
};

Error bad_duration(std::string_view text) {
  return {ExitCode::usage, fmt::format("\"{}\" is not a duration", text),
          "write it like 500ms, 10s or 1h30m"};
}

std::size_t number_length(std::string_view text) {
  return std::min(text.find_first_not_of("0123456789."), text.size());
}

}  // namespace

std::optional<std::int64_t> parse_int(std::string_view text) {
  return whole_number<std::int64_t>(text);
}

std::optional<std::uint64_t> parse_uint(std::string_view text) {
  return whole_number<std::uint64_t>(text);
}

std::optional<double> parse_double(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto value = whole_number<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

Result<Nanoseconds> parse_duration(std::string_view text) {
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "0") return Nanoseconds{0};
  if (rest.empty()) return bad_duration(text);
  double total = 0;
  while (!rest.empty()) {
    const std::size_t digits = number_length(rest);
    const auto amount = parse_double(rest.substr(0, digits));
    rest.remove_prefix(digits);
    const Unit* unit = nullptr;
    for (const auto& candidate : kDurationUnits)
      if (rest.starts_with(candidate.name) &&
          (unit == nullptr || candidate.name.size() > unit->name.size()))
        unit = &candidate;
    if (!amount || unit == nullptr) return bad_duration(text);
    rest.remove_prefix(unit->name.size());
    total += *amount * unit->scale;
  }
  if (total > 9.2e18) return bad_duration(text);
  const auto rounded = static_cast<std::int64_t>(std::llround(total));
  return Nanoseconds{negative ? -rounded : rounded};
}

std::string format_duration(Nanoseconds duration) {
  std::int64_t left = duration.count();
  std::string out = left < 0 ? "-" : "";
  auto magnitude =
      left < 0 ? 0 - static_cast<std::uint64_t>(left) : static_cast<std::uint64_t>(left);
  if (magnitude == 0) return "0s";
  if (magnitude < 1'000'000'000) {
    const Unit unit = magnitude < 1000        ? Unit{"ns", 1}
                      : magnitude < 1'000'000 ? Unit{"us", 1e3}
                                              : Unit{"ms", 1e6};
    return out + fmt::format("{}{}", static_cast<double>(magnitude) / unit.scale, unit.name);
  }
  const std::uint64_t hours = magnitude / 3'600'000'000'000;
  const std::uint64_t minutes = magnitude / 60'000'000'000 % 60;
  const std::uint64_t nanoseconds = magnitude % 60'000'000'000;
  if (hours != 0) out += fmt::format("{}h", hours);
  if (minutes != 0) out += fmt::format("{}m", minutes);
  if (nanoseconds != 0) out += fmt::format("{}s", static_cast<double>(nanoseconds) / 1e9);
  return out;
}

Result<std::uint64_t> parse_size(std::string_view text) {
  const std::size_t digits = number_length(text);
  const auto amount = parse_double(text.substr(0, digits));
  std::string unit;
  for (const char c : text.substr(digits))
    if (c != ' ') unit += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  if (unit.ends_with('b')) unit.pop_back();
  for (const auto& candidate : kSizeUnits) {
    if (!amount || candidate.name != unit) continue;
    const double bytes = *amount * candidate.scale;
    if (bytes > 9e18) break;
    return static_cast<std::uint64_t>(std::llround(bytes));
  }
  return Error{ExitCode::usage, fmt::format("\"{}\" is not a size", text),
               "write it like 512, 16KiB or 1MB"};
}

std::string format_size(double bytes) {
  constexpr std::string_view kNames[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t step = 0;
  while (bytes >= 1024 && step + 1 < std::size(kNames)) {
    bytes /= 1024;
    ++step;
  }
  return step == 0 ? fmt::format("{:.0f} B", bytes) : fmt::format("{:.1f} {}", bytes, kNames[step]);
}

std::string format_latency(double nanoseconds) {
  struct Scale {
    double below;
    double divisor;
    std::string_view unit;
  };
  constexpr Scale kScales[] = {
      {1e3, 1, "ns"}, {1e6, 1e3, "µs"}, {1e9, 1e6, "ms"}, {1e300, 1e9, "s"}};
  const Scale* scale = kScales;
  while (std::fabs(nanoseconds) >= scale->below * 0.9995) ++scale;
  const double value = nanoseconds / scale->divisor;
  const int decimals = std::fabs(value) >= 99.95 || scale->divisor == 1 ? 0
                       : std::fabs(value) >= 9.995                      ? 1
                                                                        : 2;
  return fmt::format("{:.{}f} {}", value, decimals, scale->unit);
}

std::string format_count(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

}  // namespace weft::base
