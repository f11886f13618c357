#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/term/chart.h"
#include "lib/term/fit.h"
#include "lib/term/sparkline.h"

namespace weft::term {
namespace {

constexpr int kPercentWidth = 6;  // "100.0%"
constexpr int kGap = 2;
constexpr int kShortestBar = 8;
constexpr int kLongestBar = 60;

// "<0.1%" instead of a 0.0% beside a count that is not zero.
std::string share(std::uint64_t count, std::uint64_t total) {
  const double percent =
      total == 0 ? 0 : 100 * static_cast<double>(count) / static_cast<double>(total);
  if (count != 0 && percent < 0.05) return "<0.1%";
  return fmt::format("{:.1f}%", percent);
}

}  // namespace

std::string bar_chart(std::span<const Bar> bars, const Terminal& terminal) {
  int label_width = 0;
  int count_width = 0;
  std::uint64_t total = 0;
  std::uint64_t highest = 0;
  for (const auto& each : bars) {
    label_width = std::max(label_width, display_width(printable(each.label, terminal)));
    count_width = std::max(count_width, display_width(base::format_count(each.count)));
    total += each.count;
    highest = std::max(highest, each.count);
  }
  const int left = label_width + count_width + kPercentWidth + 3 * kGap;
  const int width = std::clamp(terminal.width - left, kShortestBar, kLongestBar);
  std::string out;
  for (const auto& each : bars) {
    out += pad(printable(each.label, terminal), label_width, Align::right) + "  ";
    out += pad(base::format_count(each.count), count_width, Align::right) + "  ";
    out += pad(share(each.count, total), kPercentWidth, Align::right);
    const double part =
        highest == 0 ? 0 : static_cast<double>(each.count) / static_cast<double>(highest);
    const auto block = bar(part, width, terminal);
    if (!block.empty()) out += "  " + paint(terminal, Style::cyan, block);
    out += "\n";
  }
  return out;
}

}  // namespace weft::term
