#include "lib/report/figure.h"

#include <algorithm>
#include <cmath>

#include "lib/base/format.h"
#include "lib/base/markup.h"
#include "lib/base/number.h"

namespace weft::report {

std::string milliseconds(double ms) { return base::format_latency(ms * 1e6); }

std::string percent(double share) {
  const double value = share * 100;
  if (value == 0 || value >= 99.95) return fmt::format("{:.0f}%", value);
  if (value < 0.001) return "<0.001%";
  return value < 0.095 ? fmt::format("{:.2g}%", value) : fmt::format("{:.3g}%", value);
}

std::string rate(double per_second) {
  if (per_second < 100) return fmt::format("{:.3g}", per_second);
  return base::format_count(static_cast<std::uint64_t>(std::llround(per_second)));
}

base::Axis latency_axis(double lowest, double highest) {
  constexpr double kTooMuchForLinear = 25;
  constexpr int kTicks = 5;
  if (lowest > 0 && highest > lowest * kTooMuchForLinear)
    return base::log_axis(lowest, highest, kTicks + 4, base::latency_label);
  return base::linear_axis(highest, kTicks, base::latency_label);
}

std::string figure(const Chart& chart, std::string_view remark, const HtmlTable& data) {
  std::string out = "<div class=\"figure\">" + draw(chart) + "</div>\n";
  if (!remark.empty()) out += note(remark);
  if (!data.rows.empty())
    out += "<details><summary>Show the data</summary>" + table(data) + "</details>\n";
  return out;
}

std::string note(std::string_view text) {
  return fmt::format("<p class=\"note\">{}</p>\n", base::escape_markup(text));
}

}  // namespace weft::report
