#include "lib/smp/buckets.h"

#include <algorithm>
#include <limits>

namespace weft::smp {

std::uint64_t total_count(std::span<const Bucket> buckets) {
  std::uint64_t total = 0;
  for (const Bucket& bucket : buckets)
    if (__builtin_add_overflow(total, bucket.count, &total))
      return std::numeric_limits<std::uint64_t>::max();
  return total;
}

std::vector<double> cumulative_percents(std::span<const Bucket> buckets) {
  const std::uint64_t total = total_count(buckets);
  if (total == 0) return {};
  std::vector<double> percents;
  percents.reserve(buckets.size());
  std::uint64_t so_far = 0;
  for (const Bucket& bucket : buckets) {
    so_far += bucket.count;
    percents.push_back(100.0 * static_cast<double>(so_far) / static_cast<double>(total));
  }
  return percents;
}

std::optional<double> percentile_in_buckets(double p, std::span<const Bucket> buckets,
                                            std::span<const double> percents,
                                            std::optional<std::uint64_t> count) {
  if (buckets.empty() || percents.size() != buckets.size()) return std::nullopt;
  if (p >= 100) return buckets.back().end_ms;
  const std::uint64_t total = std::max<std::uint64_t>(count.value_or(total_count(buckets)), 1);
  double before = 100.0 / static_cast<double>(total);
  if (p <= before) return buckets.front().start_ms;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    const Bucket& bucket = buckets[i];
    if (p <= percents[i]) {
      if (percents[i] <= before) return bucket.end_ms;
      const double share = (p - before) / (percents[i] - before);
      return bucket.start_ms + share * (bucket.end_ms - bucket.start_ms);
    }
    before = percents[i];
  }
  return buckets.back().end_ms;
}

}  // namespace weft::smp
