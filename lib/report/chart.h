// A chart over two axes, as data; draw() renders it as inline SVG. Colours, dashes and fonts are
// in the style sheet. A series is told from the next by its dashes as well as by its colour.
//
//   Chart chart{.id = "latency", .title = "Latency over time"};
//   chart.x = base::span_axis(0, 30, 8, base::seconds_label);
//   chart.y = base::linear_axis(12.5, 5, base::latency_label);
//   chart.lines = {{"p99", 1, points}};
//   html += draw(chart);
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lib/base/axis.h"

namespace weft::report {

using Points = std::vector<std::pair<double, double>>;  // (x, y) in values of the axes, x ascending

struct Line {
  std::string name{};
  int series = 0;  // colour and dashes, 0 .. kSeries - 1
  Points points{};
  bool filled = false;  // a light area down to the x axis
  bool dots = false;    // marks the points: there is nothing known between them
};
constexpr int kSeries = 6;

// A bar from x = low to x = high. Its tip is shown under the pointer.
struct Column {
  double low = 0;
  double high = 0;
  double y = 0;
};

// A labelled vertical line.
struct Marker {
  double x = 0;
  std::string label{};
};

// What the pointer shows above [low, high] of the x axis: a heading and lines. No script: CSS.
struct Tip {
  double low = 0;
  double high = 0;
  std::vector<std::string> lines{};
};

struct Chart {
  std::string id{};  // unique in the page
  std::string title{};
  std::string description{};  // what a reader who does not see the chart should know
  double width = 1040;
  double height = 260;
  base::Axis x{};
  base::Axis y{};
  std::string x_title{};
  std::vector<Column> columns{};
  std::vector<Line> lines{};
  std::vector<Marker> markers{};
  std::vector<Tip> tips{};
};

std::string draw(const Chart& chart);

}  // namespace weft::report
