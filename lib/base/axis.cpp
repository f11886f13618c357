#include "lib/base/axis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "lib/base/format.h"

namespace weft::base {
namespace {

// 1e-300 keeps every logarithm finite.
double log10_of(double value) { return std::log10(std::max(value, 1e-300)); }

double nines(double percent) { return -log10_of(1 - std::min(percent, 99.99999999) / 100); }

double power10(int exponent) { return std::pow(10.0, exponent); }

// Smallest 1, 2 or 5 times 10^n that is not below `value`.
double nice_step(double value) {
  const double decade = power10(static_cast<int>(std::floor(log10_of(value))));
  for (const double factor : {1.0, 2.0, 5.0})
    if (value <= factor * decade * (1 + 1e-9)) return factor * decade;
  return 10 * decade;
}

// All m * 10^n, m in `mantissas`, around [low, high]: from the last at or below low to the first
// at or above high.
std::vector<double> around(double low, double high, std::span<const double> mantissas) {
  std::vector<double> values;
  const int first = static_cast<int>(std::floor(log10_of(low)));
  const int last = static_cast<int>(std::ceil(log10_of(high)));
  for (int exponent = first; exponent <= last; ++exponent)
    for (const double mantissa : mantissas) {
      const double value = mantissa * power10(exponent);
      if (!values.empty() && values.back() >= high * (1 - 1e-9)) return values;
      if (value <= low * (1 + 1e-9)) values.clear();
      values.push_back(value);
    }
  return values;
}

constexpr std::array kDecade = {1.0};
constexpr std::array kThirds = {1.0, 2.0, 5.0};
constexpr std::array kSixths = {1.0, 1.5, 2.0, 3.0, 5.0, 7.0};
constexpr std::array kTwelfths = {1.0, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 4.0, 4.7, 5.6, 6.8, 8.2};
constexpr std::array kTwentyfourths = {1.0, 1.1, 1.2, 1.3, 1.5, 1.6, 1.8, 2.0, 2.2, 2.4, 2.7, 3.0,
                                       3.3, 3.6, 4.0, 4.3, 4.7, 5.1, 5.6, 6.2, 6.8, 7.5, 8.2, 9.1};
// Finest first.
const std::array<std::span<const double>, 5> kSeries = {kTwentyfourths, kTwelfths, kSixths, kThirds,
                                                        kDecade};

std::vector<double> equal_steps(double low, double high, int most) {
  // One cell is kept back: low and high seldom fall on steps. A thousandth of the value is what a
  // label still shows.
  const double step = nice_step(std::max((high - low) / std::max(most - 1, 1), high * 1e-3));
  std::vector<double> edges;
  const double first = std::floor(low / step + 1e-9);
  for (double i = first; edges.size() < 2 || edges.back() < high * (1 - 1e-12); ++i)
    edges.push_back(i * step);
  return edges;
}

std::string with_unit(double value, std::string_view unit) {
  return fmt::format("{:.4g}{}", value, unit);
}

}  // namespace

double Axis::position(double value) const {
  const double at = std::clamp(value, low, high);
  double part = 0;
  switch (scale) {
    case Scale::linear:
      part = (at - low) / (high - low);
      break;
    case Scale::log:
      part = (log10_of(at) - log10_of(low)) / (log10_of(high) - log10_of(low));
      break;
    case Scale::percentile:
      part = nines(at) / nines(high);
      break;
  }
  return std::clamp(part, 0.0, 1.0);
}

Axis linear_axis(double high, int ticks, TickLabel label) {
  if (!(high > 0)) high = 1;
  const double step = nice_step(high / std::max(ticks, 1));
  Axis axis;
  const double steps = std::max(1.0, std::ceil(high / step - 1e-9));
  for (double i = 0; i <= steps; ++i) axis.ticks.push_back({i * step, label(i * step)});
  axis.high = steps * step;
  return axis;
}

Axis log_axis(double low, double high, int ticks, TickLabel label) {
  if (!(low > 0)) low = high > 0 ? std::min(high, 1e-3) : 1;
  if (!(high > low)) high = low * 1.001;
  Axis axis{.scale = Scale::log};
  auto values = around(low, high, kThirds);
  axis.low = values.front();
  axis.high = values.back();
  if (static_cast<int>(values.size()) > ticks) {
    auto decades = around(axis.low, axis.high, kDecade);
    std::erase_if(decades, [&](double v) { return v < axis.low * 0.999 || v > axis.high * 1.001; });
    if (decades.size() >= 2) values = std::move(decades);
  }
  for (const double value : values) axis.ticks.push_back({value, label(value)});
  return axis;
}

Axis span_axis(double low, double high, int ticks, TickLabel label) {
  if (!(high > low)) high = low + 1;
  Axis axis{.low = low, .high = high};
  const double step = nice_step((high - low) / std::max(ticks, 1));
  // Adding zero turns -0 into 0.
  for (double i = std::ceil(low / step - 1e-9) + 0.0; i * step <= high + step * 1e-9; ++i)
    axis.ticks.push_back({i * step, label(i * step)});
  return axis;
}

Axis log_span_axis(double low, double high, int ticks, TickLabel label) {
  if (!(low > 0)) low = high > 0 ? std::min(high, 1e-3) : 1;
  if (!(high > low)) high = low * 1.001;
  const Axis wide = log_axis(low, high, ticks, label);
  Axis axis = span_axis(low, high, ticks / 2, label);  // they crowd at the upper end
  axis.scale = Scale::log;
  std::vector<Tick> inside;
  for (const auto& tick : wide.ticks)
    if (tick.value >= low && tick.value <= high) inside.push_back(tick);
  if (inside.size() >= 3) axis.ticks = std::move(inside);
  return axis;
}

Axis percentile_axis(double highest) {
  constexpr std::array kTicks = {0.0, 50.0, 90.0, 99.0, 99.9, 99.99, 99.999, 99.9999};
  Axis axis{.scale = Scale::percentile, .high = std::clamp(highest, 90.0, 99.9999)};
  for (const double tick : kTicks)
    if (tick <= axis.high + 1e-9) axis.ticks.push_back({tick, percentile_label(tick)});
  return axis;
}

std::vector<double> log_edges(double low, double high, int most) {
  if (!(high > 0)) high = low = 1e-3;
  if (!(low > 0)) low = std::min(high, 1e-3);
  if (high < low * 1.2) return equal_steps(low, high, most);
  std::vector<double> edges;
  for (const auto& series : kSeries) {
    edges = around(low, high, series);
    if (static_cast<int>(edges.size()) - 1 <= most) break;
  }
  // Few cells although the finest series fits: equal steps tell more.
  return edges.size() < 6 ? equal_steps(low, high, most) : edges;
}

std::string latency_label(double ms) {
  if (ms == 0) return "0";
  if (ms < 0.000999995) return with_unit(ms * 1e6, " ns");
  if (ms < 0.999995) return with_unit(ms * 1e3, " µs");
  return ms < 999.995 ? with_unit(ms, " ms") : with_unit(ms / 1e3, " s");
}

std::string count_label(double count) {
  if (count < 999.995) return with_unit(count, "");
  if (count < 999999.5) return with_unit(count / 1e3, "k");
  return count < 1e9 ? with_unit(count / 1e6, "M") : with_unit(count / 1e9, "G");
}

std::string seconds_label(double seconds) {
  if (seconds > 0 && seconds < 0.999995) return with_unit(seconds * 1e3, " ms");
  if (seconds < 300) return with_unit(seconds, " s");
  return seconds < 7200 ? with_unit(seconds / 60, " min") : with_unit(seconds / 3600, " h");
}

std::string percentile_label(double percent) { return fmt::format("{:.8g}%", percent); }

}  // namespace weft::base
