#include "lib/report/overlay.h"

#include <algorithm>
#include <limits>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/report/distribution.h"
#include "lib/report/figure.h"
#include "lib/report/sections.h"
#include "lib/report/timeline.h"

namespace weft::report {
namespace {

struct Extent {
  double low = std::numeric_limits<double>::infinity();
  double high = 0;

  void include(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
};

std::string left_out(std::span<const smp::Run> runs, const std::vector<Line>& lines,
                     std::string_view what) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < runs.size(); ++i)
    if (std::none_of(lines.begin(), lines.end(),
                     [&](const Line& line) { return line.series == static_cast<int>(i); }))
      names.push_back(letter(i));
  if (names.empty()) return {};
  return fmt::format("Not drawn, because {} not known: {}.", what, base::join(names, ", "));
}

Chart overlay(const char* id, const char* title, double height) {
  Chart chart{.id = id, .title = title, .description = std::string(title) + ", one line per run"};
  chart.height = height;
  return chart;
}

// A line per run of a value over time.
std::string over_time(std::span<const smp::Run> runs, Chart chart, double Slice::*value,
                      bool latency) {
  Extent seconds;
  Extent values;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    Line line{.name = legend_name(runs, i), .series = static_cast<int>(i)};
    for (const auto& slice : timeline(runs[i].intervals, kMostSlices)) {
      if (latency && !slice.answered) continue;
      line.points.emplace_back(slice.middle_s(), slice.*value);
      seconds.include(slice.end_s);
      values.include(slice.*value);
    }
    if (!line.points.empty()) chart.lines.push_back(std::move(line));
  }
  if (chart.lines.empty()) return {};
  chart.x = base::span_axis(0, seconds.high, 10, base::seconds_label);
  chart.y = latency ? latency_axis(values.low, values.high)
                    : base::linear_axis(values.high, 4, base::count_label);
  return figure(chart, left_out(runs, chart.lines, "the course over time is"), {});
}

void add_percentile_tips(Chart& chart, std::span<const smp::Run> runs) {
  double from = 0;
  for (const double p :
       {25.0, 50.0, 75.0, 90.0, 95.0, 97.5, 99.0, 99.5, 99.9, 99.95, 99.99, 99.995, 99.999}) {
    if (p > chart.x.high + 1e-9) break;
    Tip tip{from, p, {base::percentile_label(p) + " took at most"}};
    for (std::size_t i = 0; i < runs.size(); ++i)
      if (const auto ms = runs[i].latency.percentile_ms(p))
        tip.lines.push_back(letter(i) + " " + milliseconds(*ms));
    from = p;
    if (tip.lines.size() > 1) chart.tips.push_back(std::move(tip));
  }
}

}  // namespace

std::string letter(std::size_t index) {
  return index < 26 ? std::string(1, static_cast<char>('A' + index))
                    : fmt::format("run {}", index + 1);
}

std::string legend_name(std::span<const smp::Run> runs, std::size_t index) {
  constexpr std::size_t kLongest = 32;
  auto name = display_name(runs[index]);
  if (name.size() > kLongest) {
    std::size_t end = kLongest;
    while (end > 0 && (name[end] & 0xc0) == 0x80) --end;
    name = name.substr(0, end) + "…";
  }
  return letter(index) + " " + name;
}

std::string percentile_overlay(std::span<const smp::Run> runs) {
  auto chart = overlay("percentile-chart", "Latency by percentile", 340);
  double highest = 99;
  for (const auto& run : runs) highest = std::max(highest, highest_percentile(run.latency));
  Extent values;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const auto& latency = runs[i].latency;
    Line line{.name = legend_name(runs, i), .series = static_cast<int>(i)};
    line.points = percentile_curve(latency, highest_percentile(latency));
    line.dots = !has_counts(latency);
    // The maximum of a short run must not be drawn as the high percentile of a long one.
    if (!line.points.empty() && line.points.back().first >= 100)
      line.points.back().first = highest_percentile(latency);
    for (const auto& [p, ms] : line.points) values.include(ms);
    if (!line.points.empty()) chart.lines.push_back(std::move(line));
  }
  if (chart.lines.empty()) return {};
  chart.x = base::percentile_axis(highest);
  chart.y = latency_axis(values.low, values.high);
  chart.x_title = "percentile (every further nine takes the same length)";
  add_percentile_tips(chart, runs);
  return figure(chart, left_out(runs, chart.lines, "percentiles are"), {});
}

std::string distribution_overlay(std::span<const smp::Run> runs) {
  constexpr int kBins = 80;
  auto chart = overlay("distribution-chart", "Latency distribution", 260);
  Extent range;
  for (const auto& run : runs)
    if (has_counts(run.latency)) {
      range.include(main_range(run.latency).low_ms);
      range.include(main_range(run.latency).high_ms);
    }
  Extent shares;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const auto bins = even_bins(runs[i].latency, {range.low, range.high}, kBins);
    double all = 0;
    for (const auto& bin : bins) all += bin.count;
    if (!(all > 0)) continue;
    Line line{.name = legend_name(runs, i), .series = static_cast<int>(i)};
    for (const auto& bin : bins) {
      // Two points a bin: a step, like the top of a column.
      line.points.emplace_back(bin.low_ms, 100 * bin.count / all);
      line.points.emplace_back(bin.high_ms, 100 * bin.count / all);
      shares.include(100 * bin.count / all);
    }
    line.filled = true;
    chart.lines.push_back(std::move(line));
  }
  if (chart.lines.empty()) return {};
  chart.x = base::log_span_axis(std::max(range.low, 1e-6), range.high, 12, base::latency_label);
  chart.y = base::linear_axis(shares.high, 4, base::percentile_label);
  chart.x_title = "latency (log scale); share of the requests of each run";
  return figure(chart, left_out(runs, chart.lines, "counts are"), {});
}

std::string p99_overlay(std::span<const smp::Run> runs) {
  return over_time(runs, overlay("p99-chart", "p99 latency over time", 260), &Slice::p99_ms, true);
}

std::string rate_overlay(std::span<const smp::Run> runs) {
  return over_time(runs, overlay("rate-chart", "Requests per second over time", 220),
                   &Slice::completed, false);
}

}  // namespace weft::report
