#include "lib/report/differences.h"

#include <algorithm>
#include <cmath>

#include "lib/base/axis.h"
#include "lib/base/format.h"
#include "lib/base/markup.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/report/figure.h"
#include "lib/report/html.h"
#include "lib/report/svg.h"

namespace weft::report {
namespace {

constexpr double kSpreadWidth = 220;
constexpr double kSpreadHeight = 20;
constexpr double kWidestChange = 1;  // of the drawing; what lies beyond is drawn at its edge

std::string value_text(const stats::Metric& metric, const std::optional<double>& value) {
  if (!value) return {};
  switch (metric.row().quantity) {
    case stats::Quantity::time:
      return base::format_latency(*value);
    case stats::Quantity::ratio:
      return percent(*value);
    case stats::Quantity::rate:
      return rate(*value) + "/s";
  }
  return {};
}

std::string signed_percent(double change) {
  const auto text = fmt::format("{:+.1f}%", change * 100);
  return text.starts_with('-') ? "−" + text.substr(1) : text;
}

// Relative where that means something, else in the unit of the metric.
std::string change_text(const stats::Difference& difference) {
  if (difference.relative) return signed_percent(*difference.relative);
  if (!difference.absolute || *difference.absolute == 0) return difference.absolute ? "0" : "";
  const char* sign = *difference.absolute < 0 ? "−" : "+";
  return sign + value_text(difference.metric, std::abs(*difference.absolute));
}

std::string interval_text(const stats::Difference& difference) {
  if (!difference.relative_95) return {};
  return signed_percent(difference.relative_95->low) + " to " +
         signed_percent(difference.relative_95->high);
}

struct Word {
  std::string_view style;
  std::string_view mark;
};

Word word_of(stats::Verdict verdict) {
  switch (verdict) {
    case stats::Verdict::better:
      return {"good", "▲ "};
    case stats::Verdict::worse:
      return {"bad", "▼ "};
    case stats::Verdict::equivalent:
      return {"", "= "};
    case stats::Verdict::no_evidence:
      break;
  }
  return {"soft", "· "};
}

// The comparison calls its two runs A and B; on a page with more, the second has another letter.
std::string reason_for(std::string reason, std::string_view second) {
  constexpr std::string_view kSecond = "run B";
  if (const auto at = reason.find(kSecond); at != std::string::npos)
    reason.replace(at, kSecond.size(), fmt::format("run {}", second));
  return reason;
}

double widest_change(const stats::Comparison& comparison) {
  double widest = 0.05;
  for (const auto& difference : comparison.differences)
    if (difference.relative_95)
      widest = std::max(
          {widest, std::abs(difference.relative_95->low), std::abs(difference.relative_95->high)});
  return base::linear_axis(std::min(widest, kWidestChange), 2, base::count_label).high;
}

// The interval as a line with its estimate as a dot, left and right of "no change".
std::string spread(const stats::Difference& difference, double widest) {
  if (!difference.relative) return {};
  const auto at = [&](double change) {
    return kSpreadWidth / 2 + std::clamp(change / widest, -1.0, 1.0) * (kSpreadWidth / 2 - 8);
  };
  const double middle = kSpreadHeight / 2;
  const auto style = word_of(difference.verdict).style;
  std::string out = fmt::format("<svg class=\"spread\" viewBox=\"0 0 {} {}\" aria-hidden=\"true\">",
                                kSpreadWidth, kSpreadHeight);
  out += fmt::format("<line x1=\"{0}\" y1=\"0\" x2=\"{0}\" y2=\"{1}\" class=\"zero\"/>", at(0),
                     kSpreadHeight);
  if (difference.relative_95)
    out += fmt::format(
        "<line x1=\"{:.1f}\" y1=\"{}\" x2=\"{:.1f}\" y2=\"{}\" class=\"whisker {}\"/>",
        at(difference.relative_95->low), middle, at(difference.relative_95->high), middle, style);
  return out + fmt::format("<circle cx=\"{:.1f}\" cy=\"{}\" r=\"4\" class=\"point {}\"/></svg>",
                           at(*difference.relative), middle, style);
}

}  // namespace

std::string differences_table(const stats::Comparison& comparison, std::string_view a,
                              std::string_view b) {
  const double widest = widest_change(comparison);
  HtmlTable rows{
      fmt::format("Change from {} to {}", base::escape_markup(a), base::escape_markup(b)),
      {{"Metric"},
       {base::escape_markup(a), true},
       {base::escape_markup(b), true},
       {"Change", true},
       {"95% interval", true},
       {fmt::format("−{0:.0f}% … +{0:.0f}%", widest * 100), false, "mid"},
       {"Verdict"}}};
  std::string_view said;  // a reason is not repeated from line to line
  for (const auto& difference : comparison.differences) {
    if (!difference.a && !difference.b) continue;
    const auto [style, mark] = word_of(difference.verdict);
    auto verdict = fmt::format("{}{}", mark, stats::verdict_name(difference.verdict));
    if (difference.verdict == stats::Verdict::no_evidence && difference.reason != said)
      verdict += ": " + reason_for(difference.reason, b);
    said = difference.reason;
    rows.rows.push_back({{base::escape_markup(difference.metric.name())},
                         {value_text(difference.metric, difference.a), true},
                         {value_text(difference.metric, difference.b), true},
                         {change_text(difference), true, "strong"},
                         {interval_text(difference), true},
                         {spread(difference, widest), false, "mid"},
                         {base::escape_markup(verdict), false, style}});
  }
  return rows.rows.empty() ? "" : table(rows);
}

std::string verdict_sentence(const stats::Comparison& comparison) {
  std::string out;
  for (const auto verdict : {stats::Verdict::worse, stats::Verdict::better,
                             stats::Verdict::equivalent, stats::Verdict::no_evidence}) {
    std::vector<std::string> names;
    for (const auto& difference : comparison.differences)
      if (difference.verdict == verdict) names.push_back(difference.metric.name());
    if (names.empty()) continue;
    if (!out.empty()) out += "; ";
    out += fmt::format("{}: {}", stats::verdict_name(verdict), base::join(names, ", "));
  }
  return out;
}

}  // namespace weft::report
