#include "lib/stats/binomial.h"

#include <array>
#include <catch2/catch.hpp>
#include <optional>
#include <random>

using namespace weft::stats;

namespace {

struct Row {
  double share, margin;
  std::uint64_t n, low, high;
  double power, false_pass;
};
constexpr double kAlpha = 0.01;
// Requests for a power of 98 % when one look decides about one share, and what is accepted then.
constexpr std::array<Row, 9> kRows{{{0.50, 0.10, 600, 272, 328, 0.980, 0.0045},
                                    {0.70, 0.10, 550, 360, 414, 0.988, 0.0049},
                                    {0.75, 0.10, 500, 353, 403, 0.988, 0.0046},
                                    {0.90, 0.05, 1000, 879, 930, 0.986, 0.0049},
                                    {0.95, 0.05, 600, 559, 600, 0.981, 0.0043},
                                    {0.99, 0.02, 1100, 1082, 1100, 0.983, 0.0029},
                                    {0.70, 0.05, 2050, 1389, 1486, 0.981, 0.0050},
                                    {0.75, 0.05, 1850, 1346, 1434, 0.982, 0.0049},
                                    {0.50, 0.05, 2450, 1167, 1283, 0.982, 0.0047}}};

// An edge of the band at which requests go to both backends.
double edge_of(const Row& row) {
  return row.share + row.margin < 0.999 ? row.share + row.margin : row.share - row.margin;
}

// How many of `runs` tests of a mesh with that true share of the first backend end in `verdict`.
int count(const SplitTest& test, double truth, int runs, ShareVerdict verdict,
          std::mt19937_64& random) {
  const std::uint64_t first = first_look(test);
  std::vector<std::binomial_distribution<std::uint64_t>> draws;
  std::vector<std::uint64_t> totals;
  std::vector<std::vector<std::optional<ShareVerdict>>> verdicts;  // by look and hits, once each
  for (unsigned i = 0; i < test.looks; ++i) {
    totals.push_back(first << i);
    draws.emplace_back(i == 0 ? first : totals[i] / 2, truth);
    verdicts.emplace_back(totals[i] + 1);
  }
  int found = 0;
  for (int run = 0; run < runs; ++run) {
    std::uint64_t hits = 0;
    ShareVerdict end = ShareVerdict::open;
    for (std::size_t i = 0; i < totals.size() && end == ShareVerdict::open; ++i) {
      hits += draws[i](random);
      auto& known = verdicts[i][hits];
      if (!known) known = look(test, std::array{hits, totals[i] - hits}).verdict;
      end = *known;
    }
    found += end == verdict ? 1 : 0;
  }
  return found;
}

}  // namespace

TEST_CASE("an interval is Clopper and Pearson's to ten digits") {
  struct Vector {
    std::uint64_t n, hits;
    double alpha, low, high;
  };
  const Vector vectors[] = {{50, 0, .05, 0, 0.0711217365},
                            {50, 38, .05, 0.6183092519, 0.8693900838},
                            {200, 150, .05, 0.6840371667, 0.8083928304},
                            {1000, 700, .05, 0.6705383213, 0.7282788879},
                            {500, 350, .01, 0.6444595427, 0.7516547945},
                            {2000, 1500, .01, 0.7242279361, 0.7745678669},
                            {1, 1, .05, 0.025, 1}};
  for (const Vector& v : vectors) {
    const Bounds bounds = clopper_pearson(v.n, v.hits, v.alpha);
    INFO(v.hits << " of " << v.n);
    CHECK(bounds.low == Approx(v.low).margin(5.1e-11));
    CHECK(bounds.high == Approx(v.high).margin(5.1e-11));
  }
}

TEST_CASE("an interval of nothing is everything") {
  const Bounds bounds = clopper_pearson(0, 0, 0.05);
  CHECK(bounds.low == 0);
  CHECK(bounds.high == 1);
}

TEST_CASE("that nothing came bounds the share from above") {
  const auto percent = [](std::uint64_t n, double alpha) {
    return 100 * clopper_pearson(n, 0, alpha).high;
  };
  CHECK(percent(300, 0.05) == Approx(1.22).margin(0.005));
  CHECK(percent(300, 0.01) == Approx(1.75).margin(0.005));
  CHECK(percent(1000, 0.05) == Approx(0.37).margin(0.005));
}

TEST_CASE("accepted counts, power and false passes of single looks are those of the table") {
  for (const Row& row : kRows) {
    INFO(row.share << " within " << row.margin);
    const Acceptance counts = acceptance(row.n, row.share, row.margin, kAlpha);
    CHECK(counts.low == row.low);
    CHECK(counts.high == row.high);
    CHECK(acceptance_probability(counts, row.n, row.share) == Approx(row.power).margin(0.0005));
    const double above = edge_of(row) > row.share
                             ? acceptance_probability(counts, row.n, row.share + row.margin)
                             : 0;
    const double wrong =
        std::max(acceptance_probability(counts, row.n, row.share - row.margin), above);
    CHECK(wrong == Approx(row.false_pass).margin(0.00006));
    CHECK(wrong <= kAlpha / 2);
    CHECK(requests_for(row.share, row.margin, kAlpha, 0.98) == row.n);
  }
}

TEST_CASE("accepted counts are those whose interval lies in the band") {
  for (const std::uint64_t n : {1u, 7u, 60u, 333u}) {
    for (const double share : {0.02, 0.5, 0.97}) {
      const Acceptance counts = acceptance(n, share, 0.15, 0.05);
      for (std::uint64_t k = 0; k <= n; ++k) {
        const Bounds bounds = clopper_pearson(n, k, 0.05);
        const bool inside = (share - 0.15 <= 0 || bounds.low >= share - 0.15) &&
                            (share + 0.15 >= 1 || bounds.high <= share + 0.15);
        const bool accepted = !counts.empty() && k >= counts.low && k <= counts.high;
        CHECK(inside == accepted);
      }
    }
  }
}

TEST_CASE("ten thousand splits at the edge of the band pass no oftener than alpha") {
  std::mt19937_64 random(20'260'301);
  constexpr int kRuns = 10'000;
  for (const Row& row : kRows) {
    const SplitTest test{.shares = {row.share, 1 - row.share}, .margin = row.margin};
    const int passed = count(test, edge_of(row), kRuns, ShareVerdict::pass, random);
    INFO(row.share << " within " << row.margin << ": " << passed << " passed");
    CHECK(passed <= kAlpha * kRuns);
  }
}

TEST_CASE("ten thousand splits that are right pass, and next to none fails") {
  std::mt19937_64 random(20'260'302);
  constexpr int kRuns = 10'000;
  for (const Row& row : kRows) {
    const SplitTest test{.shares = {row.share, 1 - row.share}, .margin = row.margin};
    const int passed = count(test, row.share, kRuns, ShareVerdict::pass, random);
    const int failed = count(test, row.share, kRuns, ShareVerdict::fail, random);
    INFO(row.share << " within " << row.margin << ": " << passed << " passed, " << failed);
    CHECK(passed >= 0.98 * kRuns);
    CHECK(failed <= kAlpha * kRuns);
  }
}

TEST_CASE("a mesh that ignores weights fails the first look") {
  const SplitTest test{.shares = {0.75, 0.25}};
  const std::uint64_t n = first_look(test);
  const SplitLook seen = look(test, std::array{n / 2, n - n / 2});
  CHECK(seen.verdict == ShareVerdict::fail);
  CHECK(seen.shares[0].verdict == ShareVerdict::fail);
}

TEST_CASE("a weight of nothing allows not a single request") {
  const SplitTest test{.shares = {1, 0}};
  CHECK(look(test, std::array<std::uint64_t, 2>{300, 0}).verdict == ShareVerdict::pass);
  CHECK(look(test, std::array<std::uint64_t, 2>{9'999, 1}).verdict == ShareVerdict::fail);
}

TEST_CASE("too few requests decide nothing") {
  const SplitTest test{.shares = {0.5, 0.5}};
  CHECK(look(test, std::array<std::uint64_t, 2>{0, 0}).verdict == ShareVerdict::open);
  CHECK(look(test, std::array<std::uint64_t, 2>{10, 10}).verdict == ShareVerdict::open);
}
