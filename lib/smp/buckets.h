// Percentiles of bucketed times as fortio computes them (fortio:stats/stats.go, CalcPercentile),
// so that a fortio file that stores no percentiles gives the same values as fortio's own report.
//
//   percentile_in_buckets(99, distribution.buckets, cumulative_percents(distribution.buckets));
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lib/smp/run.h"

namespace weft::smp {

// The sum of the counts; UINT64_MAX when it does not fit.
std::uint64_t total_count(std::span<const Bucket> buckets);

// At each bucket's end, 0..100: 100 * counts so far / all counts. Empty when all counts are zero.
std::vector<double> cumulative_percents(std::span<const Bucket> buckets);

// Linear inside the first bucket whose percent reaches p; the first start up to 100/count, the
// last end from 100. `percents` belongs to `buckets`, one each, ascending. Absent without buckets.
std::optional<double> percentile_in_buckets(double p, std::span<const Bucket> buckets,
                                            std::span<const double> percents,
                                            std::optional<std::uint64_t> count = {});

}  // namespace weft::smp
