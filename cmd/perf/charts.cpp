// The longer parts of a run as text: charts, and names with values.
#include <array>
#include <vector>

#include "cmd/perf/summary.h"
#include "lib/base/format.h"
#include "lib/report/distribution.h"
#include "lib/report/setup.h"
#include "lib/report/timeline.h"
#include "lib/term/chart.h"
#include "lib/term/sparkline.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using term::Style;
using term::Terminal;

constexpr int kBars = 16;
constexpr int kCurveHeight = 12;

std::string title(const Terminal& terminal, std::string_view text) {
  return '\n' + term::paint(terminal, Style::bold, text) + '\n';
}

std::string histogram(const smp::Run& run, const Terminal& terminal) {
  std::vector<term::Bar> bars;
  for (const auto& bin : report::round_bins(run.latency, kBars))
    bars.push_back({report::label(bin), bin.requests()});
  return bars.empty() ? "" : title(terminal, "Latency") + term::bar_chart(bars, terminal);
}

// Cumulative: the latency that a share of the answers did not exceed.
std::string curve(const smp::Run& run, const Terminal& terminal) {
  const double highest = report::highest_percentile(run.latency);
  auto points = report::percentile_curve(run.latency, highest);
  if (points.size() < 2) return {};
  term::LineChart chart;
  chart.x = base::percentile_axis(highest);
  double top = 0;
  for (const auto& [percent, ms] : points) top = std::max(top, ms);
  chart.y = base::linear_axis(top, 5, base::latency_label);
  chart.series = {{"latency", std::move(points)}};
  chart.height = kCurveHeight;
  return title(terminal, "Latency not exceeded by a share of the answers") +
         term::line_chart(chart, terminal);
}

std::string over_time(const smp::Run& run, const Terminal& terminal) {
  constexpr int kLabels = 30;  // columns around the sparkline
  const int columns = std::max(10, terminal.width - kLabels);
  const auto slices = report::timeline(run.intervals, static_cast<std::size_t>(columns));
  if (slices.size() < 2) return {};
  term::Table table{{{""}, {""}, {""}}};
  table.headers = false;
  const auto row = [&](std::string name, auto value, auto format) {
    std::vector<double> values;
    double top = 0;
    for (const auto& slice : slices) {
      values.push_back(value(slice));
      top = std::max(top, values.back());
    }
    if (top > 0)
      table.rows.push_back({{std::move(name)},
                            {term::sparkline(values, terminal, columns)},
                            {"max " + format(top)}});
  };
  row(
      "answers/s", [](const auto& slice) { return slice.completed; }, base::count_label);
  row(
      "errors/s", [](const auto& slice) { return slice.errors; }, base::count_label);
  row(
      "p50", [](const auto& slice) { return slice.p50_ms; }, base::latency_label);
  row(
      "p99", [](const auto& slice) { return slice.p99_ms; }, base::latency_label);
  return title(terminal, fmt::format("Over {}", base::seconds_label(slices.back().end_s))) +
         term::render(table, terminal);
}

std::string facts_table(std::string_view heading, const report::Facts& facts,
                        const Terminal& terminal) {
  if (facts.all().empty()) return {};
  term::Table table{{{""}, {""}}};
  table.headers = false;
  for (const auto& [name, value] : facts.all()) table.rows.push_back({{name, Style::dim}, {value}});
  return title(terminal, heading) + term::render(table, terminal);
}

}  // namespace

std::string charts(const smp::Run& run, const Terminal& terminal) {
  return histogram(run, terminal) + curve(run, terminal) + over_time(run, terminal);
}

std::string details(const smp::Run& run, const Terminal& terminal) {
  report::Facts labels;
  for (const auto& [key, value] : run.labels) labels.add(key, value);
  return facts_table("Set-up", report::setup_of(run), terminal) +
         facts_table("Labels", labels, terminal) +
         facts_table("Generator", report::generator_of(run), terminal) +
         facts_table("Environment", report::environment_of(run), terminal);
}

}  // namespace weft::cmd
