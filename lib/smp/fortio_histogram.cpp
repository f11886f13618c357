#include "lib/smp/fortio_histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/base/format.h"
#include "lib/smp/buckets.h"

namespace weft::smp {

namespace {

constexpr double kMsPerSecond = 1000;
constexpr double kShownPercentiles[] = {50, 75, 90, 95, 99, 99.9};

struct Data {
  std::vector<Bucket> buckets;
  std::vector<double> percents;  // as stored
};

Data read_data(Fields& in, const doc::Value& list, BucketCounts counts) {
  Data data;
  if (!list.is_list()) return data;
  std::uint64_t before = 0;
  for (const doc::Value& entry : list.items()) {
    const auto start = in.number(entry, "Start", kMsPerSecond);
    const auto end = in.number(entry, "End", kMsPerSecond);
    auto count = in.count(entry, "Count");
    if (!start || !end || !count) {
      in.fail(entry, "a bucket of the histogram needs Start, End and Count");
      return data;
    }
    if (counts == BucketCounts::cumulative) {
      if (*count < before)
        in.fail(entry, "the cumulative count of a bucket is below the one before");
      std::swap(*count, before);
      count = before - std::min(*count, before);
    }
    if (*end < *start || (!data.buckets.empty() && (*start < data.buckets.back().start_ms ||
                                                    *end < data.buckets.back().end_ms)))
      in.fail(entry, "the buckets of the histogram do not ascend");
    data.buckets.push_back({*start, *end, *count});
    data.percents.push_back(in.number(entry, "Percent").value_or(0));
  }
  if (total_count(data.buckets) == std::numeric_limits<std::uint64_t>::max())
    in.fail(list, "the counts of the histogram are too large to add up");
  return data;
}

// Nighthawk's buckets are ticks of an HDR histogram: their percent is that of the tick, not of the
// counts, and fortio's report goes by the percent.
bool percents_are_of_ticks(const Data& data) {
  const auto by_count = cumulative_percents(data.buckets);
  if (by_count.empty() || !std::is_sorted(data.percents.begin(), data.percents.end()) ||
      data.percents.back() != 100)
    return false;
  for (std::size_t i = 0; i < by_count.size(); ++i)
    if (std::abs(by_count[i] - data.percents[i]) > 1e-6) return true;
  return false;
}

void read_percentiles(Fields& in, const doc::Value& list, Distribution& into) {
  if (!list.is_list()) return;
  for (const doc::Value& entry : list.items()) {
    const auto percentile = in.number(entry, "Percentile");
    const auto value = in.number(entry, "Value", kMsPerSecond);
    if (percentile && *percentile > 100) in.fail(entry, "a percentile is above 100");
    if (percentile && value) into.percentiles_ms[*percentile] = *value;
  }
}

// The first bucket may start at 0 and the last may end anywhere: the extremes are known better.
// Some converters leave the extremes out: the buckets know them.
void settle_extremes(Distribution& distribution) {
  if (distribution.buckets.empty()) return;
  Bucket& first = distribution.buckets.front();
  Bucket& last = distribution.buckets.back();
  if (!distribution.min_ms) distribution.min_ms = first.start_ms;
  if (!distribution.max_ms) distribution.max_ms = last.end_ms;
  first.start_ms = std::clamp(*distribution.min_ms, first.start_ms, first.end_ms);
  last.end_ms = std::clamp(*distribution.max_ms, last.start_ms, last.end_ms);
}

}  // namespace

Distribution read_fortio_histogram(Fields& in, const doc::Value& histogram, BucketCounts counts,
                                   std::vector<std::string>& warnings) {
  Distribution result;
  result.count = in.count(histogram, "Count");
  if (result.count == 0) return result;
  result.min_ms = in.number(histogram, "Min", kMsPerSecond);
  result.mean_ms = in.number(histogram, "Avg", kMsPerSecond);
  result.max_ms = in.number(histogram, "Max", kMsPerSecond);
  result.stddev_ms = in.number(histogram, "StdDev", kMsPerSecond);
  Data data = read_data(in, in.list(histogram, "Data"), counts);
  read_percentiles(in, in.list(histogram, "Percentiles"), result);
  result.buckets = std::move(data.buckets);
  settle_extremes(result);

  const std::uint64_t held = total_count(result.buckets);
  if (result.count && held != 0 && held != *result.count)
    warnings.push_back(fmt::format("the histogram states {} samples and its buckets hold {}",
                                   *result.count, held));
  if (counts == BucketCounts::own && percents_are_of_ticks({result.buckets, data.percents}))
    for (const double p : kShownPercentiles)
      if (const auto value = percentile_in_buckets(p, result.buckets, data.percents, result.count))
        result.percentiles_ms.try_emplace(p, *value);
  return result;
}

}  // namespace weft::smp
