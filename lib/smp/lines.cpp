#include "lib/smp/lines.h"

#include <cmath>

#include "lib/base/number.h"
#include "lib/base/text.h"

namespace weft::smp {

namespace {

struct Unit {
  std::string_view name;
  double scale;
};

constexpr Unit kTimes[] = {{"us", 1e-3}, {"ms", 1},  {"ns", 1e-6},
                           {"s", 1e3},   {"m", 6e4}, {"h", 3.6e6}};
constexpr Unit kCounts[] = {{"k", 1e3}, {"K", 1e3}, {"M", 1e6}, {"G", 1e9}, {"", 1}};
constexpr Unit kSizes[] = {
    {"B", 1},         {"KB", 1024.0},       {"K", 1024.0},       {"MB", 1048576.0},
    {"M", 1048576.0}, {"GB", 1073741824.0}, {"G", 1073741824.0}, {"TB", 1099511627776.0},
    {"", 1}};

template <std::size_t N>
std::optional<double> with_unit(std::string_view text, const Unit (&units)[N]) {
  text = base::trim(text);
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto number = base::parse_double(text.substr(0, digits));
  if (!number) return std::nullopt;
  for (const Unit& unit : units)
    if (text.substr(digits) == unit.name) return *number * unit.scale;
  return std::nullopt;
}

}  // namespace

bool Lines::next() {
  if (rest_.empty()) return false;
  const std::size_t end = std::min(rest_.find('\n'), rest_.size());
  line_ = base::trim(rest_.substr(0, end));
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  ++number_;
  return true;
}

base::Error Lines::error(std::string message, std::string remedy) const {
  return base::Error{base::ExitCode::input, std::move(message), std::move(remedy)}.at(
      source_.where({number_, 1}));
}

std::optional<std::string_view> after(std::string_view line, std::string_view label) {
  if (!line.starts_with(label)) return std::nullopt;
  return base::trim(line.substr(label.size()));
}

std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> parts;
  std::size_t end = 0;
  while (true) {
    const std::size_t start = line.find_first_not_of(" \t", end);
    if (start == std::string_view::npos) return parts;
    end = std::min(line.find_first_of(" \t", start), line.size());
    parts.push_back(line.substr(start, end - start));
  }
}

std::optional<double> time_ms(std::string_view text) { return with_unit(text, kTimes); }

std::optional<double> metric_number(std::string_view text) { return with_unit(text, kCounts); }

std::optional<std::uint64_t> binary_size(std::string_view text) {
  const auto bytes = with_unit(text, kSizes);
  if (!bytes || *bytes > 9e18) return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(*bytes));
}

}  // namespace weft::smp
