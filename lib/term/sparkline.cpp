#include "lib/term/sparkline.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace weft::term {
namespace {

constexpr std::array<std::string_view, 8> kHeights = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::array<std::string_view, 8> kAsciiHeights = {"_", ".", "-", ":", "=", "+", "*", "#"};
constexpr std::array<std::string_view, 8> kEighths = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};

std::vector<double> averaged(std::span<const double> values, std::size_t columns) {
  std::vector<double> out;
  for (std::size_t i = 0; i < columns; ++i) {
    const std::size_t begin = i * values.size() / columns;
    const std::size_t end = (i + 1) * values.size() / columns;
    double sum = 0;
    for (const double value : values.subspan(begin, end - begin)) sum += value;
    out.push_back(sum / static_cast<double>(end - begin));
  }
  return out;
}

}  // namespace

std::string sparkline(std::span<const double> values, const Terminal& terminal, int columns) {
  std::vector<double> heights(values.begin(), values.end());
  for (double& height : heights)
    if (!(height > 0)) height = 0;
  const auto limit = static_cast<std::size_t>(std::max(columns, 0));
  if (limit != 0 && heights.size() > limit) heights = averaged(heights, limit);
  const double highest = heights.empty() ? 0 : *std::max_element(heights.begin(), heights.end());
  std::string out;
  for (const double height : heights) {
    const double part = highest > 0 && std::isfinite(highest) ? height / highest : 0;
    const auto level = static_cast<std::size_t>(std::lround(part * 7));
    out += (terminal.unicode ? kHeights : kAsciiHeights)[level];
  }
  return out;
}

std::string bar(double fraction, int width, const Terminal& terminal) {
  if (!(fraction > 0) || width <= 0) return {};
  const double columns = std::min(fraction, 1.0) * width;
  if (!terminal.unicode)
    return std::string(static_cast<std::size_t>(std::max(1L, std::lround(columns))), '#');
  const auto eighths = std::max(1L, std::lround(columns * 8));
  std::string out;
  for (long i = 0; i < eighths / 8; ++i) out += "█";
  out += kEighths[static_cast<std::size_t>(eighths % 8)];
  return out;
}

}  // namespace weft::term
