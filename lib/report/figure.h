// What the charts of runs have in common: sizes, axes for latency, and how a chart stands in a
// section with its note and its data.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/report/chart.h"
#include "lib/report/html.h"

namespace weft::report {

constexpr double kFullWidth = 1040;
constexpr double kHalfWidth = 490;
constexpr double kHalfHeight = 300;
constexpr std::size_t kMostSlices = 120;

// "4.56 ms", "" when absent.
std::string milliseconds(double ms);
std::string percent(double share);  // of 1: "12.3%", "0.02%"
std::string rate(double per_second);

// From zero, or on a log scale where the values span so much that a linear one hides the small.
base::Axis latency_axis(double lowest, double highest);

// The chart, a remark below it, and the data, folded away.
std::string figure(const Chart& chart, std::string_view remark, const HtmlTable& data);

std::string note(std::string_view text);  // a paragraph in small type; escaped here

}  // namespace weft::report
