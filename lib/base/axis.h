// An axis of a chart: how values map to 0..1 and where its ticks stand. Charts in text and in SVG
// share it, so that both show the same ticks.
//
//   Axis y = linear_axis(17.3, 5, latency_label);   // ticks 0, 5, 10, 15, 20 ms
//   y.position(10);                                 // 0.5
#pragma once

#include <string>
#include <vector>

namespace weft::base {

enum class Scale {
  linear,
  log,
  percentile,  // log(1 / (1 - p/100)): every further nine takes the same length
};

struct Tick {
  double value = 0;
  std::string label;
};

struct Axis {
  Scale scale = Scale::linear;
  double low = 0;
  double high = 1;
  std::vector<Tick> ticks{};  // ascending, within [low, high]

  double position(double value) const;  // 0 at low, 1 at high; values outside are clamped
};

using TickLabel = std::string (*)(double);

// From zero to the first tick at or above `high`; about `ticks` steps of 1, 2 or 5 times 10^n.
Axis linear_axis(double high, int ticks, TickLabel label);
// From the 1-2-5 step at or below `low` to the one at or above `high`. Ticks at 1, 2, 5 of each
// decade as long as there are at most `ticks` of them, else at decades.
Axis log_axis(double low, double high, int ticks, TickLabel label);
// Exactly from `low` to `high`, for axes whose ends mean something.
Axis span_axis(double low, double high, int ticks, TickLabel label);
Axis log_span_axis(double low, double high, int ticks, TickLabel label);
// From 0 to `highest` (99 .. 99.9999): ticks at 0, 50, 90, 99, 99.9 ...
Axis percentile_axis(double highest);

// Edges that cut [low, high] into at most `most` cells of about equal length on a log scale, at
// round numbers; equal steps where the range is too narrow for that. Ascending, at least two; the
// first is <= low and the last >= high.
std::vector<double> log_edges(double low, double high, int most);

std::string latency_label(double ms);          // "0", "250 µs", "1.5 ms", "2 s"
std::string count_label(double count);         // "0", "0.5", "1.5k", "20k", "3M"
std::string seconds_label(double seconds);     // "0 s", "30 s", "5 min", "1.5 h"
std::string percentile_label(double percent);  // "0%", "99.9%"

}  // namespace weft::base
