#include "lib/smp/run.h"

#include <catch2/catch.hpp>

namespace weft::smp {

namespace {

Distribution two_buckets() {
  Distribution distribution;
  distribution.buckets = {{1, 2, 50}, {4, 8, 50}};
  return distribution;
}

}  // namespace

TEST_CASE("a histogram answers percentiles in milliseconds") {
  stats::Histogram histogram;
  for (std::uint64_t i = 1; i <= 100; ++i) histogram.record(i * 1000000);
  const auto distribution = Distribution::of(histogram);
  CHECK(distribution.count == 100);
  CHECK(distribution.min_ms == Approx(1).epsilon(0.001));
  CHECK(distribution.mean_ms == Approx(50.5).epsilon(0.001));
  CHECK(distribution.percentile_ms(0) == Approx(1));
  CHECK(distribution.percentile_ms(50) == Approx(50).epsilon(0.001));
  CHECK(distribution.percentile_ms(100) == Approx(100));
  CHECK_FALSE(distribution.empty());
}

TEST_CASE("an empty histogram knows its count and nothing else") {
  const auto distribution = Distribution::of({});
  CHECK(distribution.count == 0);
  CHECK_FALSE(distribution.min_ms);
  CHECK_FALSE(distribution.percentile_ms(50));
  CHECK(distribution.empty());
}

TEST_CASE("buckets are interpolated as fortio does") {
  const auto distribution = two_buckets();
  CHECK(distribution.percentile_ms(1) == 1.0);  // 100 / count: the minimum
  CHECK(distribution.percentile_ms(25.5) == Approx(1 + 24.5 / 49));
  CHECK(distribution.percentile_ms(50) == 2.0);  // intervals include their end
  CHECK(distribution.percentile_ms(75) == 6.0);
  CHECK(distribution.percentile_ms(100) == 8.0);
}

TEST_CASE("a stated percentile wins over the buckets, and is matched exactly") {
  auto distribution = two_buckets();
  distribution.percentiles_ms = {{75, 5.5}};
  CHECK(distribution.percentile_ms(75) == 5.5);
  CHECK(distribution.percentile_ms(74.9) != 5.5);
}

TEST_CASE("without buckets only what was stated is known") {
  Distribution distribution;
  CHECK(distribution.empty());
  distribution.percentiles_ms = {{99, 3}};
  distribution.max_ms = 9;
  CHECK_FALSE(distribution.empty());
  CHECK_FALSE(distribution.percentile_ms(50));
  CHECK_FALSE(distribution.percentile_ms(0));
  CHECK(distribution.percentile_ms(100) == 9.0);
}

TEST_CASE("bad statuses are completed requests, other errors are not") {
  Counts counts;
  CHECK_FALSE(counts.error_ratio());
  counts.completed = 90;
  CHECK(counts.error_ratio() == 0.0);
  counts.errors = {{"status", 5}, {"timeout", 10}};
  CHECK(counts.error_total() == 15);
  CHECK(counts.error_ratio() == Approx(0.15));
}

TEST_CASE("nothing completed and nothing failed has no error ratio") {
  Counts counts;
  counts.completed = 0;
  CHECK_FALSE(counts.error_ratio());
  counts.errors = {{"refused", 3}};
  CHECK(counts.error_ratio() == 1.0);
}

TEST_CASE("error counts do not wrap around") {
  Counts counts;
  counts.completed = 1;
  counts.errors = {{"refused", UINT64_MAX}, {"timeout", 2}};
  CHECK(counts.error_total() == UINT64_MAX);
  CHECK(counts.error_ratio() == Approx(1));
}

}  // namespace weft::smp
