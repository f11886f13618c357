#include <algorithm>
#include <array>
#include <cmath>

#include "lib/term/chart.h"
#include "lib/term/fit.h"

namespace weft::term {
namespace {

constexpr int kNarrowestPlot = 20;
constexpr int kWidestPlot = 100;
constexpr std::array kColors = {Style::cyan, Style::yellow, Style::green, Style::red, Style::blue};
constexpr std::array<std::string_view, 5> kMarks = {"o", "x", "+", "*", "#"};

// Dots of one series: braille has two across and four down in each character cell.
struct Canvas {
  int columns, rows;  // of dots
  std::vector<bool> dots;

  Canvas(int dot_columns, int dot_rows)
      : columns(dot_columns),
        rows(dot_rows),
        dots(static_cast<std::size_t>(dot_columns) * static_cast<std::size_t>(dot_rows)) {}
  std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(columns) +
           static_cast<std::size_t>(x);
  }
  void set(int x, int y) { dots[index(x, y)] = true; }
  bool at(int x, int y) const { return dots[index(x, y)]; }
};

using Points = std::vector<std::pair<double, double>>;

Points positions(const LineChart& chart, const Series& series) {
  Points out;
  for (const auto& [x, y] : series.points)
    if (std::isfinite(x) && std::isfinite(y))
      out.emplace_back(chart.x.position(x), chart.y.position(y));
  return out;
}

// Joins the points by straight lines: for every dot column the height there, and everything
// between it and the height of the column before.
void draw(const Points& points, Canvas& canvas) {
  if (points.empty()) return;
  const auto column_of = [&](double x) {
    return static_cast<int>(std::lround(x * (canvas.columns - 1)));
  };
  const auto row_of = [&](double y) {
    return static_cast<int>(std::lround((1 - y) * (canvas.rows - 1)));
  };
  int before = row_of(points.front().second);
  std::size_t next = 0;
  for (int column = column_of(points.front().first); column <= column_of(points.back().first);
       ++column) {
    const double x = static_cast<double>(column) / (canvas.columns - 1);
    while (next + 1 < points.size() && points[next].first < x) ++next;
    const auto& [x1, y1] = points[next];
    const auto& [x0, y0] = points[next == 0 ? 0 : next - 1];
    const double part = x1 > x0 ? std::clamp((x - x0) / (x1 - x0), 0.0, 1.0) : 1;
    const int row = row_of(y0 + part * (y1 - y0));
    for (int y = std::min(row, before); y <= std::max(row, before); ++y) canvas.set(column, y);
    before = row;
  }
}

// U+2800 plus one bit per dot, in UTF-8; empty without any.
std::string braille(const Canvas& canvas, int column, int row) {
  constexpr std::array<std::array<unsigned, 2>, 4> kBits = {
      {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}};
  unsigned bits = 0;
  for (int y = 0; y < 4; ++y)
    for (int x = 0; x < 2; ++x)
      if (canvas.at(column * 2 + x, row * 4 + y))
        bits |= kBits[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)];
  if (bits == 0) return {};
  return {'\xe2', static_cast<char>(0xa0 + (bits >> 6)), static_cast<char>(0x80 + (bits & 0x3f))};
}

// What a character cell of the plot shows: the mark of a series, or nothing.
struct PlotCell {
  std::string mark;
  std::size_t series = 0;
};
using PlotRow = std::vector<PlotCell>;

std::vector<PlotRow> plot_of(const LineChart& chart, int width, const Terminal& terminal) {
  std::vector<PlotRow> plot(static_cast<std::size_t>(chart.height),
                            PlotRow(static_cast<std::size_t>(width)));
  const bool dots = terminal.unicode && chart.series.size() == 1;
  for (std::size_t i = chart.series.size(); i-- > 0;) {  // the first series ends up on top
    Canvas canvas(width * (dots ? 2 : 1), chart.height * (dots ? 4 : 1));
    draw(positions(chart, chart.series[i]), canvas);
    for (int y = 0; y < chart.height; ++y)
      for (int x = 0; x < width; ++x) {
        auto& cell = plot[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)];
        const std::string mark = dots              ? braille(canvas, x, y)
                                 : canvas.at(x, y) ? std::string(kMarks[i % kMarks.size()])
                                                   : "";
        if (!mark.empty()) cell = {mark, i};
      }
  }
  return plot;
}

// The row without the empty cells at its end; neighbours of one series share a colour sequence.
std::string row_text(const PlotRow& row, const Terminal& terminal) {
  std::string out;
  std::string spaces;
  for (std::size_t i = 0; i < row.size();) {
    if (row[i].mark.empty()) {
      spaces += ' ';
      ++i;
      continue;
    }
    const std::size_t series = row[i].series;
    std::string marks;
    for (; i < row.size() && !row[i].mark.empty() && row[i].series == series; ++i)
      marks += row[i].mark;
    out += spaces + paint(terminal, kColors[series % kColors.size()], marks);
    spaces.clear();
  }
  return out;
}

// Labels of the y axis by line, "" where there is none.
std::vector<std::string> y_labels(const LineChart& chart, const Terminal& terminal) {
  std::vector<std::string> labels(static_cast<std::size_t>(chart.height));
  for (const auto& tick : chart.y.ticks) {
    const auto row = std::lround((1 - chart.y.position(tick.value)) * (chart.height - 1));
    labels[static_cast<std::size_t>(row)] = printable(tick.label, terminal);
  }
  return labels;
}

// The axis line and the labels below it; a label that would touch the one before is left out.
std::string x_axis(const LineChart& chart, int indent, int width, const Terminal& terminal) {
  const auto at = [&](double value) {
    return static_cast<int>(std::lround(chart.x.position(value) * (width - 1)));
  };
  std::vector<bool> ticked(static_cast<std::size_t>(width));
  std::string labels(static_cast<std::size_t>(indent), ' ');
  int used = 0;
  for (const auto& tick : chart.x.ticks) {
    const auto label = printable(tick.label, terminal);
    const int label_width = display_width(label);
    const int begin = indent + at(tick.value) - label_width / 2;
    if (used != 0 && begin < used + 1) continue;
    if (begin + label_width > indent + width + 4) continue;
    ticked[static_cast<std::size_t>(at(tick.value))] = true;
    const int start = std::max(begin, used);
    if (used == 0)
      labels.resize(static_cast<std::size_t>(start), ' ');
    else
      labels.append(static_cast<std::size_t>(start - used), ' ');
    labels += label;
    used = start + label_width;
  }
  std::string line;
  for (const bool tick : ticked) line += terminal.unicode ? (tick ? "┬" : "─") : (tick ? "+" : "-");
  const auto margin = std::string(static_cast<std::size_t>(indent - 1), ' ');
  return margin + (terminal.unicode ? "└" : "+") + line + "\n" + labels + "\n";
}

std::string legend(const LineChart& chart, int indent, const Terminal& terminal) {
  std::string out(static_cast<std::size_t>(indent), ' ');
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    if (i != 0) out += "   ";
    out += paint(terminal, kColors[i % kColors.size()], kMarks[i % kMarks.size()]);
    out += " " + printable(chart.series[i].name, terminal);
  }
  return out + "\n";
}

}  // namespace

std::string line_chart(const LineChart& chart, const Terminal& terminal) {
  const auto labels = y_labels(chart, terminal);
  int label_width = 0;
  for (const auto& label : labels) label_width = std::max(label_width, display_width(label));
  const int indent = label_width + 2;  // a space and the axis
  // Four columns stay free on the right for half of the last label.
  const int width = std::clamp(terminal.width - indent - 4, kNarrowestPlot, kWidestPlot);
  const auto plot = plot_of(chart, width, terminal);
  std::string out;
  for (std::size_t row = 0; row < plot.size(); ++row) {
    const std::string_view axis =
        labels[row].empty() ? (terminal.unicode ? "│" : "|") : (terminal.unicode ? "┤" : "+");
    std::string text = pad(labels[row], label_width, Align::right) + " " + std::string(axis);
    text += row_text(plot[row], terminal);
    out += text + "\n";
  }
  out += x_axis(chart, indent, width, terminal);
  if (chart.series.size() > 1) out += legend(chart, indent, terminal);
  return out;
}

}  // namespace weft::term
