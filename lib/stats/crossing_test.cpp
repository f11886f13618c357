#include "lib/stats/crossing.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

namespace weft::stats {
namespace {

constexpr double kTruth = 2000;

// Shares on the straight line that crosses 1 % at kTruth.
double share_at(double rate, double slope) {
  const double odds = 0.01 / 0.99 * std::pow(rate / kTruth, slope);
  return odds / (1 + odds);
}

}  // namespace

TEST_CASE("trials on a straight line give its crossing, wherever one thought it to be") {
  std::vector<Trial> trials;
  for (const double rate : {1850.0, 2150.0, 1900.0, 2100.0, 1950.0, 2050.0})
    trials.push_back({rate, share_at(rate, 14), 1e6});
  for (const double around : {1700.0, 2000.0, 2300.0}) {
    const Crossing found = crossing(trials, 0.01, around);
    CHECK(found.rate == Approx(kTruth).epsilon(0.005));
    CHECK(found.low < kTruth);
    CHECK(found.high > kTruth);
  }
}

TEST_CASE("trials far from the crossing hardly count") {
  std::vector<Trial> trials{{1950, share_at(1950, 14), 1e6}, {2050, share_at(2050, 14), 1e6}};
  trials.push_back({800, 0.009, 1e6});  // a target with a slow tail at any rate
  trials.push_back({4000, 0.999, 1e6});
  CHECK(crossing(trials, 0.01, 2000).rate == Approx(kTruth).epsilon(0.005));
}

TEST_CASE("no misses, nothing but misses and a single trial have a finite answer") {
  const Trial none{1000, 0, 5000}, all{1000, 1, 5000};
  CHECK(crossing(std::vector{none}, 0.01, 1000).rate > 1000);
  CHECK(crossing(std::vector{all}, 0.01, 1000).rate < 1000);
  CHECK(std::isfinite(crossing(std::vector{all, none}, 0.01, 1000).high));
}

TEST_CASE("the interval covers the truth at least nine times in ten, and narrows with trials") {
  std::mt19937_64 random(7);
  std::normal_distribution<double> drift(0, 0.4);  // of the log-odds
  int covered = 0;
  double few = 0, many = 0;
  constexpr int kRuns = 300;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<Trial> trials;
    for (int i = 0; i < 24; ++i) {
      const double rate = kTruth * (i % 2 == 0 ? 0.96 : 1.04);
      const double base = share_at(rate, 14);
      const double odds = base / (1 - base) * std::exp(drift(random));
      trials.push_back({rate, odds / (1 + odds), 2000});
      if (i == 5) few += crossing(trials, 0.01, kTruth).half_width();
    }
    const Crossing found = crossing(trials, 0.01, kTruth);
    many += found.half_width();
    covered += found.low <= kTruth && kTruth <= found.high;
  }
  CHECK(covered >= kRuns * 9 / 10);
  CHECK(many < few * 0.7);
}

}  // namespace weft::stats
