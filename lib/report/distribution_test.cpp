#include "lib/report/distribution.h"

#include <catch2/catch.hpp>

#include "lib/report/sample_test.h"

namespace weft::report {
namespace {

double sum(const std::vector<Bin>& bins) {
  double all = 0;
  for (const auto& bin : bins) all += bin.count;
  return all;
}

smp::Distribution of_ms(std::initializer_list<double> values) {
  stats::Histogram histogram;
  for (const double ms : values) histogram.record(static_cast<std::uint64_t>(ms * 1e6));
  return smp::Distribution::of(histogram);
}

TEST_CASE("round bins hold every request between round edges") {
  const auto run = sample_run();
  const auto bins = round_bins(run.latency, 16);
  CHECK(sum(bins) == Approx(static_cast<double>(*run.latency.count)));
  CHECK(bins.size() >= 6);
  CHECK(bins.size() <= 18);
  CHECK(bins.front().low_ms <= *run.latency.min_ms);
  CHECK(bins.back().high_ms >= *run.latency.max_ms);
  for (std::size_t i = 1; i < bins.size(); ++i) CHECK(bins[i].low_ms == bins[i - 1].high_ms);
}

TEST_CASE("round bins of equal values, of zeros and of one value are one bin") {
  for (const auto& distribution : {of_ms({4.5, 4.5}), of_ms({0, 0}), of_ms({4.5})}) {
    const auto bins = round_bins(distribution, 16);
    REQUIRE(bins.size() == 1);
    CHECK(bins[0].requests() == *distribution.count);
  }
  CHECK(label(round_bins(of_ms({4.5}), 16)[0]) == "4.5 ms");
}

TEST_CASE("round bins of values from zero to hours keep to their number") {
  const auto bins = round_bins(of_ms({0, 0.001, 1, 1e6, 4e6}), 16);
  CHECK(sum(bins) == Approx(5));
  CHECK(bins.size() <= 18);
}

TEST_CASE("bins of an imported histogram keep the counts of its buckets") {
  const auto run = buckets_only_run();
  CHECK(sum(round_bins(run.latency, 16)) == Approx(9000));
  const auto bins = even_bins(run.latency, {1, 2}, 4);
  CHECK(sum(bins) == Approx(5200));
  CHECK(bins[0].count == Approx(1300));
  CHECK(round_bins(percentiles_only_run().latency, 16).empty());
}

TEST_CASE("labels name the unit once when both ends share it") {
  CHECK(label({1, 2, 0}) == "1 – 2 ms");
  CHECK(label({0.5, 1, 0}) == "500 µs – 1 ms");
  CHECK(label({0, 1, 0}) == "0 – 1 ms");
}

TEST_CASE("the main range leaves out what lies far out, and no more than that") {
  stats::Histogram histogram;
  for (int i = 0; i < 10000; ++i) histogram.record(1'000'000 + static_cast<std::uint64_t>(i) * 100);
  CHECK(main_range(smp::Distribution::of(histogram)).high_ms == Approx(2).epsilon(0.01));
  histogram.record(5'000'000'000);
  const auto range = main_range(smp::Distribution::of(histogram));
  CHECK(range.low_ms == Approx(1).epsilon(0.01));
  CHECK(range.high_ms == Approx(2).epsilon(0.01));
}

TEST_CASE("the percentile curve ascends to the maximum") {
  const auto run = sample_run();
  CHECK(highest_percentile(run.latency) == Approx(99.999));
  const auto curve = percentile_curve(run.latency, 99.999);
  CHECK(curve.front().first == 0);
  CHECK(curve.front().second == Approx(*run.latency.min_ms));
  CHECK(curve.back() == std::pair(100.0, *run.latency.max_ms));
  CHECK(std::is_sorted(curve.begin(), curve.end()));
}

TEST_CASE("stated percentiles are the curve when nothing else is known") {
  const auto latency = percentiles_only_run().latency;
  const std::vector<std::pair<double, double>> stated = {{50, 3.1}, {75, 4.2},  {90, 6.8},
                                                         {99, 19},  {99.9, 44}, {100, 71}};
  CHECK(percentile_curve(latency, 99.9) == stated);
  CHECK(highest_percentile(latency) == Approx(99.9));
  CHECK(percentile_curve({}, 99).empty());
}

}  // namespace
}  // namespace weft::report
