#include "lib/report/chart.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/report/svg.h"

namespace weft::report {
namespace {

constexpr double kLineHeight = 18;
constexpr double kSample = 22;  // length of the line beside a name in the legend

// The plot inside the chart and the mapping of values to pixels.
struct Frame {
  const Chart& chart;
  Box plot;

  double x(double value) const { return plot.x + chart.x.position(value) * plot.width; }
  double y(double value) const { return plot.bottom() - chart.y.position(value) * plot.height; }
};

std::string line_style(int series) { return fmt::format("line s{}", series % kSeries); }

// Draws names with samples of their lines, and returns the height that they take.
double draw_legend(const Chart& chart, Svg& svg) {
  if (chart.lines.size() < 2) return 0;
  Point at{0, kLineHeight / 2};
  for (const auto& line : chart.lines) {
    const double width = kSample + 8 + text_width(line.name);
    if (at.x != 0 && at.x + width > chart.width) at = {0, at.y + kLineHeight};
    svg.line(at, {at.x + kSample, at.y}, line_style(line.series));
    svg.text({at.x + kSample + 7, at.y + 4}, Anchor::start, line.name, "legend");
    at.x += width + 20;
  }
  return at.y + kLineHeight / 2 + 4;
}

Frame frame_of(const Chart& chart, double legend_height) {
  double label_width = 0;
  for (const auto& tick : chart.y.ticks)
    label_width = std::max(label_width, text_width(tick.label));
  const double left = label_width + 14;
  const double top = legend_height + (chart.markers.empty() ? 8 : kLineHeight + 4);
  const double bottom = chart.x_title.empty() ? 26 : 44;
  const double right = 6 + (chart.x.ticks.empty() ? 0 : text_width(chart.x.ticks.back().label) / 2);
  return {chart, {left, top, chart.width - left - right, chart.height - top - bottom}};
}

void draw_axes(const Frame& frame, Svg& svg) {
  const auto& [chart, plot] = frame;
  for (const auto& tick : chart.y.ticks) {
    const double y = frame.y(tick.value);
    svg.line({plot.x, y}, {plot.right(), y}, "grid");
    svg.text({plot.x - 8, y + 4}, Anchor::end, tick.label, "tick");
  }
  double free_from = 0;  // labels must not touch
  for (const auto& tick : chart.x.ticks) {
    const double x = frame.x(tick.value);
    const double half = text_width(tick.label) / 2;
    if (x - half < free_from) continue;
    svg.line({x, plot.bottom()}, {x, plot.bottom() + 5}, "axis");
    svg.text({x, plot.bottom() + 19}, Anchor::middle, tick.label, "tick");
    free_from = x + half + 6;
  }
  svg.line({plot.x, plot.bottom()}, {plot.right(), plot.bottom()}, "axis");
  if (!chart.x_title.empty())
    svg.text({plot.x + plot.width / 2, chart.height - 4}, Anchor::middle, chart.x_title, "label");
}

void draw_columns(const Frame& frame, Svg& svg) {
  for (const auto& column : frame.chart.columns) {
    if (!(column.y > 0)) continue;
    const double left = frame.x(column.low);
    const double width = frame.x(column.high) - left;
    // What is above zero stays visible; wide columns are set apart.
    const double height = std::max(1.0, frame.plot.bottom() - frame.y(column.y));
    const double gap = width > 5 ? 1 : 0;
    svg.rect({left, frame.plot.bottom() - height, width - gap, height}, "column");
  }
}

void draw_line(const Frame& frame, const Line& line, Svg& svg) {
  std::vector<Point> points;
  for (const auto& [x, y] : line.points) points.push_back({frame.x(x), frame.y(y)});
  if (points.empty()) return;
  if (line.filled) {
    auto area = points;
    area.push_back({points.back().x, frame.plot.bottom()});
    area.push_back({points.front().x, frame.plot.bottom()});
    svg.polygon(area, fmt::format("area s{}", line.series % kSeries));
  }
  svg.polyline(points, line_style(line.series));
  // A line of one point would not show.
  if (line.dots || points.size() == 1)
    for (const auto& point : points)
      svg.circle(point, 3, fmt::format("dot s{}", line.series % kSeries));
}

// Labels stand above the plot, each pushed to the right of the one before.
void draw_markers(const Frame& frame, Svg& svg) {
  double free_from = 0;
  for (const auto& marker : frame.chart.markers) {
    const double x = frame.x(marker.x);
    svg.line({x, frame.plot.y - 2}, {x, frame.plot.bottom()}, "marker");
    const double width = text_width(marker.label);
    const double start = std::min(std::max(x - width / 2, free_from), frame.chart.width - width);
    if (start < free_from) continue;
    svg.text({start, frame.plot.y - 8}, Anchor::start, marker.label, "label");
    free_from = start + width + 8;
  }
}

void draw_tip(const Frame& frame, const Tip& tip, Svg& svg) {
  const auto& plot = frame.plot;
  const double left = frame.x(tip.low);
  const double right = frame.x(tip.high);
  const double middle = (left + right) / 2;
  double width = 0;
  for (const auto& line : tip.lines) width = std::max(width, text_width(line));
  width += 20;
  const bool on_the_left = middle > plot.x + plot.width / 2;
  const double beside = on_the_left ? middle - width - 10 : middle + 10;
  const Box box{std::clamp(beside, 0.0, std::max(0.0, frame.chart.width - width)), plot.y + 4,
                width, static_cast<double>(tip.lines.size()) * kLineHeight + 10};
  svg.begin_group("hit");
  svg.rect({left, plot.y, right - left, plot.height}, "zone");
  svg.begin_group("tip");
  svg.line({middle, plot.y}, {middle, plot.bottom()}, "guide");
  svg.rect(box, "balloon");
  double y = box.y + kLineHeight;
  for (std::size_t i = 0; i < tip.lines.size(); ++i, y += kLineHeight)
    svg.text({box.x + 10, y}, Anchor::start, tip.lines[i], i == 0 ? "legend strong" : "legend");
  svg.end_group();
  svg.end_group();
}

}  // namespace

std::string draw(const Chart& chart) {
  Svg svg(chart.width, chart.height, chart.id, chart.title, chart.description);
  const Frame frame = frame_of(chart, draw_legend(chart, svg));
  draw_axes(frame, svg);
  draw_columns(frame, svg);
  for (std::size_t i = chart.lines.size(); i-- > 0;)  // the first line is drawn on top
    draw_line(frame, chart.lines[i], svg);
  draw_markers(frame, svg);
  for (const auto& tip : chart.tips) draw_tip(frame, tip, svg);
  return std::move(svg).finish();
}

}  // namespace weft::report
