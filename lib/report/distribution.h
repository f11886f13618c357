// The shape of a distribution of times, as charts in text and in SVG need it: how many requests
// took how long, and how long a share of them took at most.
//
//   for (const Bin& bin : round_bins(run.latency, 16)) bars.push_back({label(bin),
//   bin.requests()});
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "lib/smp/run.h"

namespace weft::report {

// Requests in (low, high]; fractions come from interpolation in the buckets of an imported run.
struct Bin {
  double low_ms = 0;
  double high_ms = 0;
  double count = 0;

  std::uint64_t requests() const { return static_cast<std::uint64_t>(std::llround(count)); }
};

std::string label(const Bin& bin);  // "1 – 2 ms", "500 µs – 1 ms"

// True when there are counts to draw: a histogram or buckets, not just stated percentiles.
bool has_counts(const smp::Distribution& distribution);

// Bins at round edges for people to read, at most `most` and one more at each end for the few that
// lie far out. Together they hold every request. Empty without counts.
std::vector<Bin> round_bins(const smp::Distribution& distribution, int most);

// The part of the distribution that a chart shows in full; 1 in 1000 may lie outside at each end
// when it would lie far out.
struct Range {
  double low_ms = 0;
  double high_ms = 0;
};
Range main_range(const smp::Distribution& distribution);

// Bins of equal length on a log scale that cover `range`, what lies outside left out; `bins` of
// them. Empty without counts.
std::vector<Bin> even_bins(const smp::Distribution& distribution, Range range, int bins);

// How many bins show the shape of so many requests without showing noise.
int sensible_bins(const smp::Distribution& distribution, Range range);

// (percentile, ms), ascending: points at even distances on a percentile axis to `highest`, or the
// percentiles that the source states. The last point is the maximum when it is known.
std::vector<std::pair<double, double>> percentile_curve(const smp::Distribution& distribution,
                                                        double highest);

// The percentile of so many nines that one request is left above it; 99 .. 99.999.
double highest_percentile(const smp::Distribution& distribution);

}  // namespace weft::report
