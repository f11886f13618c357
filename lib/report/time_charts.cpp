#include "lib/report/charts.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/report/figure.h"
#include "lib/report/timeline.h"

namespace weft::report {
namespace {

Points over_time(const std::vector<Slice>& slices, double Slice::*value, bool latency) {
  Points points;
  for (const auto& slice : slices)
    if (!latency || slice.answered) points.emplace_back(slice.middle_s(), slice.*value);
  return points;
}

std::string time_span(const Slice& slice) {
  return fmt::format("{:.4g} – {:.4g} s", slice.start_s, slice.end_s);
}

Chart time_chart(std::string id, std::string title, const std::vector<Slice>& slices) {
  Chart chart{.id = std::move(id), .title = std::move(title)};
  chart.x = base::span_axis(std::min(0.0, slices.front().start_s), slices.back().end_s, 10,
                            base::seconds_label);
  return chart;
}

}  // namespace

std::string latency_over_time_chart(const smp::Run& run) {
  const auto slices = timeline(run.intervals, kMostSlices);
  if (std::none_of(slices.begin(), slices.end(), [](const Slice& s) { return s.answered; }))
    return {};
  auto chart = time_chart("latency-chart", "Latency over time", slices);
  chart.lines = {{.name = "p50", .series = 0, .points = over_time(slices, &Slice::p50_ms, true)},
                 {.name = "p99", .series = 1, .points = over_time(slices, &Slice::p99_ms, true)},
                 {.name = "max", .series = 2, .points = over_time(slices, &Slice::max_ms, true)}};
  double low = chart.lines[0].points.front().second;
  double high = 0;
  HtmlTable data{"Latency over time", {{"Time"}, {"p50", true}, {"p99", true}, {"max", true}}, {}};
  for (const auto& slice : slices) {
    if (!slice.answered) continue;
    low = std::min(low, slice.p50_ms);
    high = std::max(high, slice.max_ms);
    const std::string figures[] = {milliseconds(slice.p50_ms), milliseconds(slice.p99_ms),
                                   milliseconds(slice.max_ms)};
    chart.tips.push_back(
        {slice.start_s,
         slice.end_s,
         {time_span(slice), "p50 " + figures[0], "p99 " + figures[1], "max " + figures[2]}});
    data.rows.push_back(
        {{time_span(slice)}, {figures[0], true}, {figures[1], true}, {figures[2], true}});
  }
  chart.y = latency_axis(low, high);
  chart.description =
      fmt::format("p50, p99 and maximum of each of {} slices of the run", slices.size());
  return figure(chart, "", data);
}

std::string rate_over_time_chart(const smp::Run& run) {
  const auto slices = timeline(run.intervals, kMostSlices);
  if (slices.empty()) return {};
  auto chart = time_chart("rate-chart", "Requests per second over time", slices);
  chart.height = 220;
  chart.lines = {{.name = "completed",
                  .series = 0,
                  .points = over_time(slices, &Slice::completed, false),
                  .filled = true}};
  const auto any = [&](double Slice::*value) {
    return std::any_of(slices.begin(), slices.end(), [&](const Slice& s) { return s.*value > 0; });
  };
  const bool planned = any(&Slice::planned);
  const bool errors = any(&Slice::errors);
  if (planned)
    chart.lines.push_back(
        {.name = "planned", .series = 2, .points = over_time(slices, &Slice::planned, false)});
  if (errors)
    chart.lines.push_back(
        {.name = "errors", .series = 1, .points = over_time(slices, &Slice::errors, false)});
  double high = 0;
  HtmlTable data{"Requests per second over time",
                 {{"Time"}, {"Completed/s", true}, {"Planned/s", true}, {"Errors/s", true}},
                 {}};
  for (const auto& slice : slices) {
    high = std::max({high, slice.completed, slice.planned, slice.errors});
    Tip tip{slice.start_s, slice.end_s, {time_span(slice), rate(slice.completed) + "/s completed"}};
    if (planned) tip.lines.push_back(rate(slice.planned) + "/s planned");
    if (errors) tip.lines.push_back(rate(slice.errors) + "/s failed");
    chart.tips.push_back(std::move(tip));
    data.rows.push_back({{time_span(slice)},
                         {rate(slice.completed), true},
                         {planned ? rate(slice.planned) : "", true},
                         {rate(slice.errors), true}});
  }
  chart.y = base::linear_axis(high, 4, base::count_label);
  chart.description = "Completed requests per second in slices of the run";
  return figure(chart, "", data);
}

}  // namespace weft::report
