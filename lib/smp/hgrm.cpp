#include "lib/smp/hgrm.h"

#include <cmath>

#include "lib/base/format.h"

namespace weft::smp {

namespace {

constexpr double kTicksPerHalfDistance = 5;

// Latencies at or below the value of percentile p. Without a histogram only the share is known.
std::uint64_t count_at(const Distribution& latency, double p) {
  if (latency.histogram)
    return latency.histogram->count_at_or_below(latency.histogram->percentile(p));
  return static_cast<std::uint64_t>(
      std::ceil(p / 100 * static_cast<double>(latency.count.value_or(0))));
}

std::string row(double value, double p, std::uint64_t count) {
  return fmt::format("{:12.3f} {:2.12f} {:10} {:14.2f}\n", value, p / 100, count,
                     1 / (1 - p / 100));
}

// Ticks get denser towards 100: five for every halving of what is left.
double next_tick(double p) {
  const double half_distance = std::exp2(std::floor(std::log2(100 / (100 - p))) + 1);
  return p + 100 / (kTicksPerHalfDistance * half_distance);
}

}  // namespace

base::Result<std::string> write_hgrm(const Run& run) {
  const Distribution& latency = run.latency;
  const std::uint64_t total = latency.count.value_or(0);
  const auto max = latency.percentile_ms(100);
  if (total == 0 || !max)
    return base::Error{base::ExitCode::input,
                       "the run has no counted latencies, which the hgrm format is about",
                       "export it as csv"};
  std::string text = fmt::format("{:>12} {:>14} {:>10} {:>14}\n\n", "Value", "Percentile",
                                 "TotalCount", "1/(1-Percentile)");
  for (double p = 0; p < 100; p = next_tick(p)) {
    const std::uint64_t count = count_at(latency, p);
    if (count >= total) break;
    if (const auto value = latency.percentile_ms(p)) text += row(*value, p, count);
  }
  text += fmt::format("{:12.3f} {:2.12f} {:10}\n", *max, 1.0, total);
  text += fmt::format("#[Mean    = {:12.3f}, StdDeviation   = {:12.3f}]\n",
                      latency.mean_ms.value_or(0), latency.stddev_ms.value_or(0));
  text += fmt::format("#[Max     = {:12.3f}, Total count    = {:12}]\n", *max, total);
  text += fmt::format("#[Buckets = {:12}, SubBuckets     = {:12}]\n",
                      stats::Histogram::kMaxBits - stats::Histogram::kSubBits + 1,
                      1u << stats::Histogram::kSubBits);
  return text;
}

}  // namespace weft::smp
