// Charts in text. All return lines that end in a newline.
//
//   bar_chart({{"1 – 2 ms", 812}, {"2 – 5 ms", 180}}, terminal)
//
//   1 – 2 ms  812  81.9%  ██████████████████████████
//   2 – 5 ms  180  18.1%  █████▊
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/axis.h"
#include "lib/term/terminal.h"

namespace weft::term {

struct Bar {
  std::string label{};
  std::uint64_t count = 0;
};

// One line per bar: label, count, share of all, and the bar, as long as the terminal allows.
std::string bar_chart(std::span<const Bar> bars, const Terminal& terminal);

struct Series {
  std::string name{};
  std::vector<std::pair<double, double>> points{};  // (x, y), x ascending
};

struct LineChart {
  base::Axis x{};
  base::Axis y{};
  std::vector<Series> series{};
  int height = 11;  // lines of the plot itself
};

// Lines over two labelled axes: drawn in braille dots when there is one series and unicode,
// else each series has a mark of its own, named in a line below. Between points lines are
// straight; y is held to its axis.
std::string line_chart(const LineChart& chart, const Terminal& terminal);

}  // namespace weft::term
