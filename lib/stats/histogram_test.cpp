#include "lib/stats/histogram.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

namespace weft::stats {
namespace {

// Spread evenly over the magnitudes from 1 us to 1 h.
std::vector<std::uint64_t> log_uniform(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> exponent(std::log(1e3), std::log(3.6e12));
  std::vector<std::uint64_t> values(count);
  for (auto& value : values) value = static_cast<std::uint64_t>(std::exp(exponent(random)));
  return values;
}

Histogram histogram_of(const std::vector<std::uint64_t>& values) {
  Histogram histogram;
  for (auto value : values) histogram.record(value);
  return histogram;
}

bool same_cells(const Histogram& a, const Histogram& b) {
  return a.sparse().cells == b.sparse().cells && a.count() == b.count() && a.min() == b.min() &&
         a.max() == b.max() && a.saturated() == b.saturated();
}

}  // namespace

TEST_CASE("Cells tile the range without gap or overlap") {
  REQUIRE(Histogram::cell_low(0) == 0);
  for (std::size_t i = 0; i + 1 < Histogram::kCells; ++i) {
    const auto low = Histogram::cell_low(i), high = Histogram::cell_high(i);
    if (high + 1 != Histogram::cell_low(i + 1) || Histogram::cell_index(low) != i ||
        Histogram::cell_index(high) != i)
      FAIL("cell " << i << ": " << low << ".." << high);
  }
  REQUIRE(Histogram::cell_high(Histogram::kCells - 1) == Histogram::kMaxValue);
}

TEST_CASE("Values below 2048 ns are exact") {
  for (std::uint64_t ns = 0; ns < 2048; ++ns) {
    Histogram histogram;
    histogram.record(ns);
    histogram.record(1'000'000);
    REQUIRE(histogram.percentile(50) == ns);
  }
}

TEST_CASE("A reported value is off by less than 0.1 % from 1 us to 1 h") {
  double worst = 0;
  for (auto ns : log_uniform(100'000, 1)) {
    const auto edge = Histogram::cell_high(Histogram::cell_index(ns));
    REQUIRE(edge >= ns);
    worst = std::max(worst, static_cast<double>(edge - ns) / static_cast<double>(ns));
  }
  CHECK(worst < 0.001);
  CHECK(worst > 0.0009);  // the bound is tight: no precision is wasted either
}

TEST_CASE("A percentile is the upper edge of the cell of the value with that rank") {
  auto values = log_uniform(9'973, 2);
  const auto histogram = histogram_of(values);
  std::sort(values.begin(), values.end());
  for (double p : {0.01, 1.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 99.99}) {
    const auto rank = static_cast<std::size_t>(std::ceil(p / 100 * 9973.0));
    const auto expected = Histogram::cell_high(Histogram::cell_index(values[rank - 1]));
    CHECK(histogram.percentile(p) == std::min(expected, values.back()));
  }
}

TEST_CASE("The rank of a percentile is not pushed up by the rounding of p") {
  Histogram histogram;
  for (std::uint64_t ns = 1; ns <= 1000; ++ns) histogram.record(ns);
  CHECK(histogram.percentile(99.9) == 999);
  CHECK(histogram.percentile(99) == 990);
  CHECK(histogram.percentile(0.1) == 1);
  CHECK(histogram.percentile(0.11) == 2);
}

TEST_CASE("Percentiles of edge cases") {
  Histogram histogram;
  for (double p : {0.0, 50.0, 100.0}) CHECK(histogram.percentile(p) == 0);
  CHECK(histogram.min() == 0);
  CHECK(histogram.mean() == 0);
  CHECK(histogram.stddev() == 0);

  histogram.record(5'000'001);
  for (double p : {0.0, 1e-9, 50.0, 100.0}) CHECK(histogram.percentile(p) == 5'000'001);

  histogram.record(9'000'001);
  CHECK(histogram.percentile(0) == 5'000'001);
  CHECK(histogram.percentile(50) == Histogram::cell_high(Histogram::cell_index(5'000'001)));
  CHECK(histogram.percentile(50.1) == 9'000'001);
  CHECK(histogram.percentile(100) == 9'000'001);
  CHECK(histogram.percentile(std::nan("")) == 5'000'001);
}

TEST_CASE("Parts merged equal the histogram of everything, cell for cell") {
  const auto values = log_uniform(20'000, 3);
  const auto whole = histogram_of(values);
  std::vector<Histogram> parts(7);
  for (std::size_t i = 0; i < values.size(); ++i) parts[i % parts.size()].record(values[i]);

  Histogram dense, from_sparse;
  SparseHistogram sparse;
  for (const auto& part : parts) {
    dense.merge(part);
    from_sparse.merge(part.sparse());
    sparse.merge(part.sparse());
  }
  CHECK(same_cells(dense, whole));
  CHECK(same_cells(from_sparse, whole));
  CHECK(same_cells(Histogram(sparse), whole));
  CHECK(dense.mean() == Approx(whole.mean()).epsilon(1e-12));
  CHECK(Histogram(whole.sparse()) == whole);
}

TEST_CASE("Merging with an empty histogram changes nothing") {
  const auto some = histogram_of({7, 3'000'000});
  Histogram dense = some;
  dense.merge(Histogram());
  dense.merge(SparseHistogram());
  CHECK(dense == some);

  SparseHistogram sparse;
  sparse.merge(some.sparse());
  sparse.merge(SparseHistogram());
  CHECK(sparse == some.sparse());
  CHECK(sparse.min == 7);
}

TEST_CASE("A coarse copy is small, off by less than 0.8 %, and exact where it is cheap") {
  const auto fine = histogram_of(log_uniform(200'000, 7));
  const auto coarse = fine.coarse();
  CHECK(coarse.cells.size() < 6500);
  CHECK(coarse.cells.size() < fine.sparse().cells.size() / 4);
  CHECK(coarse.count == fine.count());
  CHECK(coarse.min == fine.min());
  CHECK(coarse.max == fine.max());
  CHECK(coarse.sum_squares == fine.sparse().sum_squares);
  const Histogram again(coarse);
  for (double p = 1; p < 100; ++p)
    CHECK(static_cast<double>(again.percentile(p)) ==
          Approx(static_cast<double>(fine.percentile(p))).epsilon(0.008));
  CHECK(histogram_of({1, 2, 3, 2047}).coarse().cells.size() == 4);
  CHECK(Histogram().coarse().cells.empty());
  const auto one = histogram_of({5'000'000}).coarse();
  CHECK(one.cells == histogram_of({5'000'000}).sparse().cells);
  for (const auto& ends : {std::vector<std::uint64_t>{5'000'000, 5'010'000},
                           std::vector<std::uint64_t>{5'000'000, 5'001'000, 900'000'000}}) {
    const auto outer = histogram_of(ends).coarse().cells;
    CHECK(outer.front().index == Histogram::cell_index(ends.front()));
    CHECK(outer.back().index == Histogram::cell_index(ends.back()));
  }
}

TEST_CASE("Values above the range saturate: counted, never lost") {
  Histogram histogram;
  histogram.record(1'000);
  histogram.record(Histogram::kMaxValue);
  CHECK(histogram.saturated() == 0);
  histogram.record(Histogram::kMaxValue + 1);
  histogram.record(UINT64_MAX, 2);
  CHECK(histogram.count() == 5);
  CHECK(histogram.saturated() == 3);
  CHECK(histogram.max() == UINT64_MAX);
  CHECK(histogram.percentile(40) == UINT64_MAX);  // all that is known of the top cell
  CHECK(histogram.count_at_or_below(1'000) == 1);
  CHECK(histogram.count_at_or_below(UINT64_MAX) == 5);
  CHECK(Histogram(histogram.sparse()) == histogram);
}

TEST_CASE("Mean and standard deviation are those of the values, not of the cells") {
  Histogram histogram;
  std::mt19937_64 random(4);
  std::normal_distribution<double> latency(50e6, 50e3);  // a spread of 0.1 % of the mean
  long double sum = 0, squares = 0;
  constexpr int kCount = 200'000;
  for (int i = 0; i < kCount; ++i) {
    const auto ns = static_cast<std::uint64_t>(latency(random));
    histogram.record(ns);
    const long double off = static_cast<long double>(ns) - 50e6L;
    sum += off;
    squares += off * off;
  }
  const long double mean = sum / kCount;
  CHECK(histogram.mean() == Approx(static_cast<double>(50e6L + mean)).epsilon(1e-14));
  CHECK(histogram.stddev() ==
        Approx(static_cast<double>(std::sqrt(squares / kCount - mean * mean))).epsilon(1e-7));

  Histogram constant;
  constant.record(123'456'789, 1'000'003);
  CHECK(constant.stddev() == 0);
}

TEST_CASE("A histogram that was cleared is a new one") {
  auto histogram = histogram_of(log_uniform(100, 5));
  histogram.clear();
  CHECK(histogram == Histogram());
}

TEST_CASE("Visiting the cells gives every value once, in order") {
  const auto histogram = histogram_of(log_uniform(1'000, 6));
  std::uint64_t count = 0, previous = 0;
  histogram.for_each_cell([&](std::uint64_t low, std::uint64_t high, std::uint64_t n) {
    CHECK(low > previous);
    CHECK(high >= low);
    previous = high;
    count += n;
  });
  CHECK(count == 1'000);
}

}  // namespace weft::stats
