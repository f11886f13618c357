#include "lib/stats/moments.h"

#include <catch2/catch.hpp>

using weft::stats::Moments;

namespace {

Moments of(std::initializer_list<double> values) {
  Moments moments;
  for (const double value : values) moments.add(value);
  return moments;
}

}  // namespace

TEST_CASE("the variation of gaps is their standard deviation over their mean") {
  CHECK_FALSE(Moments().coefficient_of_variation());
  CHECK_FALSE(of({5}).coefficient_of_variation());
  CHECK(of({7, 7, 7}).coefficient_of_variation() == 0.0);
  // Mean 5, variance 4: the textbook's example.
  CHECK(of({2, 4, 4, 4, 5, 5, 7, 9}).coefficient_of_variation().value() == Approx(0.4));
}

TEST_CASE("pooled parts have the moments of the whole") {
  Moments pooled = of({2, 4, 4});
  pooled.merge(Moments());
  pooled.merge(of({4, 5, 5, 7, 9}));
  CHECK(pooled.count() == 8);
  CHECK(pooled.mean() == Approx(5));
  CHECK(pooled.coefficient_of_variation().value() == Approx(0.4));
  Moments none;
  none.merge(pooled);
  CHECK(none.mean() == Approx(5));
}

TEST_CASE("a large offset does not drown a small variation") {
  Moments moments;
  for (int i = 0; i < 1'000; ++i) moments.add(1e9 + (i % 2));
  CHECK(moments.coefficient_of_variation().value() == Approx(0.5e-9));
}
