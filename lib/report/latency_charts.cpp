#include "lib/report/charts.h"

#include <algorithm>
#include <cmath>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/report/distribution.h"
#include "lib/report/figure.h"

namespace weft::report {
namespace {

std::string requests(double count) {
  return base::format_count(static_cast<std::uint64_t>(std::llround(count)));
}

// Says what lies outside of the chart, and where the counts come from.
std::string distribution_note(const smp::Distribution& latency, double drawn, Range range) {
  std::string note;
  const double all = static_cast<double>(latency.count.value_or(0));
  const double hidden = all - drawn;
  if (hidden >= 1)
    note = fmt::format("{} of {} requests lie outside {} to {}", requests(hidden), requests(all),
                       milliseconds(range.low_ms), milliseconds(range.high_ms));
  if (hidden >= 1 && latency.max_ms)
    note += fmt::format("; the slowest took {}", milliseconds(*latency.max_ms));
  if (hidden >= 1) note += ". ";
  if (!latency.histogram)
    note += fmt::format("Drawn from the {} of the source, evenly spread inside each.",
                        base::plural(latency.buckets.size(), "bucket"));
  return note;
}

HtmlTable round_bin_table(const smp::Distribution& latency) {
  HtmlTable data{"Requests by latency", {{"Latency"}, {"Requests", true}, {"Share", true}}, {}};
  const auto bins = round_bins(latency, 16);
  double all = 0;
  for (const auto& bin : bins) all += bin.count;
  for (const auto& bin : bins)
    data.rows.push_back(
        {{label(bin)}, {requests(bin.count), true}, {percent(bin.count / all), true}});
  return data;
}

// The percentile curves that a run has: from the planned time, and from the real send beside it.
std::vector<Line> percentile_lines(const smp::Run& run, double highest) {
  std::vector<Line> lines;
  const auto add = [&](const char* name, const smp::Distribution& distribution) {
    auto points = percentile_curve(distribution, highest);
    if (points.empty()) return;
    const bool stated = !has_counts(distribution);
    lines.push_back({.name = name,
                     .series = static_cast<int>(lines.size()),
                     .points = std::move(points),
                     .dots = stated});
  };
  add(run.setup.omission == smp::Omission::corrected ? "from the planned time" : "latency",
      run.latency);
  add("from the real send", run.service_time);
  return lines;
}

void add_percentile_tips(Chart& chart, const smp::Run& run) {
  constexpr double kShown[] = {0,    10, 25,   50,    60,   70,    75,     80,    85,     90,    95,
                               97.5, 99, 99.5, 99.75, 99.9, 99.95, 99.975, 99.99, 99.995, 99.999};
  std::vector<double> shown;
  for (const double p : kShown)
    if (p <= chart.x.high) shown.push_back(p);
  if (!has_counts(run.latency)) {
    shown.clear();
    for (const auto& [p, ms] : run.latency.percentiles_ms) shown.push_back(p);
  }
  for (std::size_t i = 0; i < shown.size(); ++i) {
    Tip tip;
    tip.low = i == 0 ? shown[0] : (shown[i - 1] + shown[i]) / 2;
    tip.high = i + 1 == shown.size() ? 100 : (shown[i] + shown[i + 1]) / 2;
    tip.lines.push_back(base::percentile_label(shown[i]) + " of requests took at most");
    for (const auto* distribution : {&run.latency, &run.service_time})
      if (const auto ms = distribution->percentile_ms(shown[i])) {
        const auto& name =
            chart.lines[std::min<std::size_t>(tip.lines.size() - 1, chart.lines.size() - 1)].name;
        tip.lines.push_back(milliseconds(*ms) + (chart.lines.size() > 1 ? " " + name : ""));
      }
    chart.tips.push_back(std::move(tip));
  }
}

}  // namespace

std::string distribution_chart(const smp::Run& run) {
  const auto& latency = run.latency;
  if (!has_counts(latency)) return {};
  const auto range = main_range(latency);
  const auto bins = even_bins(latency, range, sensible_bins(latency, range));
  double all = 0;
  double highest = 0;
  for (const auto& bin : bins) {
    all += bin.count;
    highest = std::max(highest, bin.count);
  }
  Chart chart{.id = "distribution-chart", .title = "Latency distribution"};
  chart.width = kHalfWidth;
  chart.height = kHalfHeight;
  chart.x = base::log_span_axis(bins.front().low_ms, bins.back().high_ms, 8, base::latency_label);
  chart.y = base::linear_axis(100 * highest / all, 5, base::percentile_label);
  chart.x_title = "latency (log scale)";
  for (const auto& bin : bins) {
    chart.columns.push_back({bin.low_ms, bin.high_ms, 100 * bin.count / all});
    chart.tips.push_back({bin.low_ms,
                          bin.high_ms,
                          {label(bin), fmt::format("{} requests, {}", requests(bin.count),
                                                   percent(bin.count / all))}});
  }
  chart.description = "Share of requests by latency";
  for (const double p : {50.0, 90.0, 99.0})
    if (const auto ms = latency.percentile_ms(p)) {
      chart.markers.push_back({*ms, fmt::format("p{:.0f}", p)});
      chart.description += fmt::format("; p{:.0f} is {}", p, milliseconds(*ms));
    }
  return figure(chart, distribution_note(latency, all, range), round_bin_table(latency));
}

std::string percentile_chart(const smp::Run& run) {
  const double highest = highest_percentile(run.latency);
  Chart chart{.id = "percentile-chart", .title = "Latency by percentile"};
  chart.lines = percentile_lines(run, highest);
  if (chart.lines.empty() || run.latency.empty()) return {};
  chart.width = has_counts(run.latency) ? kHalfWidth : kFullWidth;  // beside the distribution
  chart.height = kHalfHeight;
  chart.x = base::percentile_axis(highest);
  double low = chart.lines.front().points.front().second;
  double high = 0;
  for (const auto& line : chart.lines) {
    low = std::min(low, line.points.front().second);
    high = std::max(high, line.points.back().second);
  }
  chart.y = latency_axis(low, high);
  chart.x_title = "percentile (every further nine takes the same length)";
  chart.description = "Latency that a share of the requests did not exceed";
  add_percentile_tips(chart, run);
  return figure(
      chart,
      has_counts(run.latency)
          ? ""
          : "The source states the marked percentiles; the lines between them only guide the eye.",
      {});
}

}  // namespace weft::report
