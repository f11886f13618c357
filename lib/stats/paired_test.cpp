#include "lib/stats/paired.h"

#include <catch2/catch.hpp>
#include <random>

#include "lib/stats/evidence.h"

namespace weft::stats {
namespace {

const Metric kP99{MetricKind::percentile, 99};
const Metric kErrors{MetricKind::errors};

Side side(double p99, double errors) {
  return {{}, [=](const Metric& metric) -> std::optional<double> {
            if (metric == kP99) return p99;
            if (metric == kErrors) return errors;
            return std::nullopt;
          }};
}

// Pairs whose runs vary by 3 %, while the whole drifts by 50 % from first to last.
std::vector<Pair> simulate(double effect, int count, std::mt19937_64& random) {
  std::normal_distribution<double> noise(0, 0.03);
  std::vector<Pair> pairs;
  for (int i = 0; i < count; ++i) {
    const double drift = 1 + 0.5 * i / count;
    pairs.push_back({side(10e6 * drift * std::exp(noise(random)), 0),
                     side(10e6 * drift * (1 + effect) * std::exp(noise(random)), 0)});
  }
  return pairs;
}

int called(double effect, Verdict verdict, double margin) {
  std::mt19937_64 random(17);
  CompareOptions options;
  options.metrics = {kP99};
  options.margin = margin;
  int count = 0;
  for (int trial = 0; trial < 500; ++trial)
    count += compare_pairs(simulate(effect, 5, random), options).differences[0].verdict == verdict;
  return count;
}

}  // namespace

TEST_CASE("Student's t has the values of its tables") {
  CHECK(student_quantile(0.05, 1) == Approx(12.7062).epsilon(1e-4));
  CHECK(student_quantile(0.05, 4) == Approx(2.77645).epsilon(1e-4));
  CHECK(student_quantile(0.01, 9) == Approx(3.24984).epsilon(1e-4));
  CHECK(student_quantile(0.05, 1000) == Approx(1.96234).epsilon(1e-4));
  CHECK(student_p(0, 4) == Approx(1));
  CHECK(student_p(-2.77645, 4) == Approx(0.05).epsilon(1e-3));
}

TEST_CASE("five pairs without a difference are called different in one case of twenty") {
  CHECK(called(0, Verdict::worse, 0) + called(0, Verdict::better, 0) <= 40);  // 8 % of 500
}

TEST_CASE("five pairs show a p99 that is worse by 10 %, whatever drifts meanwhile") {
  CHECK(called(0.10, Verdict::worse, 0.05) >= 450);  // 90 % of 500
  CHECK(called(0.10, Verdict::better, 0.05) == 0);
}

TEST_CASE("values are means over the runs and intervals hold the truth") {
  const std::vector<Pair> pairs{{side(100, 0.01), side(110, 0.02)},
                                {side(400, 0.03), side(440, 0.04)},
                                {side(200, 0.02), side(220, 0.03)}};
  CompareOptions options;
  options.metrics = {kP99, kErrors};
  const auto comparison = compare_pairs(pairs, options);
  const Difference& p99 = comparison.differences[0];
  CHECK(*p99.a == Approx(200));
  CHECK(*p99.b == Approx(220));
  CHECK(*p99.relative == Approx(0.1));
  CHECK(p99.relative_95->low == Approx(0.1));
  CHECK(p99.verdict == Verdict::worse);
  const Difference& errors = comparison.differences[1];
  CHECK(*errors.absolute == Approx(0.01));
  CHECK_FALSE(errors.relative_95);
  CHECK(errors.verdict == Verdict::worse);
}

TEST_CASE("what cannot be told says why, and how many pairs would tell") {
  CompareOptions options;
  options.metrics = {kP99};
  const std::vector<Pair> wide{
      {side(100, 0), side(130, 0)}, {side(100, 0), side(80, 0)}, {side(100, 0), side(105, 0)}};
  CHECK_THAT(compare_pairs(wide, options).differences[0].reason,
             Catch::Contains("about 200 pairs would show one of 5 %"));
  CHECK_THAT(compare_pairs(std::vector<Pair>{wide[0]}, options).differences[0].reason,
             Catch::Contains("one pair of runs"));
  options.metrics = {Metric{MetricKind::mean}};
  CHECK(compare_pairs(wide, options).differences[0].reason == "run A1 does not tell");
}

}  // namespace weft::stats
