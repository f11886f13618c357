#include "lib/stats/binomial.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace weft::stats {
namespace {

constexpr double kFirstPower = 0.90;  // of the first look; the others make up for it

// Lentz's evaluation of the continued fraction of the incomplete beta function (DLMF 8.17.22).
double beta_fraction(double a, double b, double x) {
  constexpr double kTiny = std::numeric_limits<double>::min() * 1e10;
  const auto away_from_zero = [](double v) { return std::abs(v) < kTiny ? kTiny : v; };
  double c = 1;
  double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int m = 1; m < 10'000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away_from_zero(1 + even * d);
    c = away_from_zero(1 + even / c);
    fraction *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away_from_zero(1 + odd * d);
    c = away_from_zero(1 + odd / c);
    const double change = d * c;
    fraction *= change;
    if (std::abs(change - 1) < 1e-16) break;
  }
  return fraction;
}

// I_x(a, b), a and b above 0.
double incomplete_beta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

// Where a function that grows over 0..1 reaches `level`.
template <typename Grows>
double crossing_of(Grows grows, double level) {
  double low = 0;
  double high = 1;
  for (int i = 0; i < 100 && low < high; ++i) {
    const double middle = std::midpoint(low, high);
    if (middle == low || middle == high) break;
    (grows(middle) < level ? low : high) = middle;
  }
  return std::midpoint(low, high);
}

ShareVerdict judge(double share, double margin, const ShareEstimate& one, std::uint64_t requests) {
  if (share <= 0) return one.hits == 0 ? ShareVerdict::pass : ShareVerdict::fail;
  const double low = share - margin;
  const double high = share + margin;
  const Bounds& bounds = one.bounds;
  if (bounds.low >= low && bounds.high <= high) return ShareVerdict::pass;
  if (bounds.low > high || bounds.high < low) return ShareVerdict::fail;
  const bool excluded = bounds.low > share || bounds.high < share;
  const double seen = static_cast<double>(one.hits) / static_cast<double>(requests);
  return excluded && (seen < low || seen > high) ? ShareVerdict::fail : ShareVerdict::open;
}

}  // namespace

double upper_tail(std::uint64_t n, std::uint64_t hits, double share) {
  if (hits == 0) return 1;
  if (hits > n) return 0;
  return incomplete_beta(static_cast<double>(hits), static_cast<double>(n - hits + 1), share);
}

Bounds clopper_pearson(std::uint64_t n, std::uint64_t hits, double alpha) {
  Bounds out;
  if (n == 0) return out;
  if (hits > 0) out.low = crossing_of([&](double p) { return upper_tail(n, hits, p); }, alpha / 2);
  if (hits < n)
    out.high = crossing_of([&](double p) { return upper_tail(n, hits + 1, p); }, 1 - alpha / 2);
  return out;
}

Acceptance acceptance(std::uint64_t n, double share, double margin, double alpha) {
  const double low = share - margin;
  const double high = share + margin;
  // The bounds grow with the count, and a bound is above a value exactly when the tail at that
  // value is small enough: no interval needs to be computed.
  const auto high_enough = [&](std::uint64_t k) {
    return low <= 0 || upper_tail(n, k, low) <= alpha / 2;
  };
  const auto low_enough = [&](std::uint64_t k) {
    return high >= 1 || 1 - upper_tail(n, k + 1, high) <= alpha / 2;
  };
  Acceptance out{0, n};
  for (std::uint64_t from = 0, to = n + 1; from < to;) {  // the first that is high enough
    const std::uint64_t middle = std::midpoint(from, to);
    if (high_enough(middle))
      to = middle;
    else
      from = middle + 1;
    out.low = from;
  }
  std::uint64_t beyond = 0;  // the first that is not low enough
  for (std::uint64_t from = 0, to = n + 1; from < to;) {
    const std::uint64_t middle = std::midpoint(from, to);
    if (middle <= n && low_enough(middle))
      from = middle + 1;
    else
      to = middle;
    beyond = from;
  }
  if (beyond == 0 || out.low > n) return {1, 0};
  out.high = beyond - 1;
  return out;
}

double acceptance_probability(const Acceptance& counts, std::uint64_t n, double truth) {
  if (counts.empty()) return 0;
  return upper_tail(n, counts.low, truth) - upper_tail(n, counts.high + 1, truth);
}

std::uint64_t requests_for(double share, double margin, double alpha, double power) {
  constexpr std::uint64_t kStep = 50;
  constexpr std::uint64_t kMost = 10'000'000;
  const auto enough = [&](std::uint64_t n) {
    return acceptance_probability(acceptance(n, share, margin, alpha), n, share) >= power;
  };
  std::uint64_t steps = 1;
  while (steps * kStep < kMost && !enough(steps * kStep)) steps += 1 + steps / 16;
  while (steps > 1 && enough((steps - 1) * kStep)) --steps;
  return steps * kStep;
}

std::string_view name_of(ShareVerdict verdict) {
  switch (verdict) {
    case ShareVerdict::pass:
      return "pass";
    case ShareVerdict::fail:
      return "fail";
    case ShareVerdict::open:
      break;
  }
  return "inconclusive";
}

double SplitTest::level() const {
  const auto backends = static_cast<double>(shares.empty() ? 1 : shares.size());
  return alpha / (backends * static_cast<double>(looks == 0 ? 1 : looks));
}

std::uint64_t first_look(const SplitTest& test) {
  std::uint64_t out = 50;
  for (const double share : test.shares)
    if (share > 0 && share < 1)
      out = std::max(out, requests_for(share, test.margin, test.level(), kFirstPower));
  return out;
}

SplitLook look(const SplitTest& test, std::span<const std::uint64_t> hits) {
  SplitLook out;
  out.requests = std::accumulate(hits.begin(), hits.end(), std::uint64_t{0});
  bool all_pass = true;
  for (std::size_t i = 0; i < test.shares.size() && i < hits.size(); ++i) {
    ShareEstimate one;
    one.hits = hits[i];
    one.bounds = clopper_pearson(out.requests, hits[i], test.level());
    if (out.requests > 0) one.verdict = judge(test.shares[i], test.margin, one, out.requests);
    if (one.verdict == ShareVerdict::fail) out.verdict = ShareVerdict::fail;
    all_pass = all_pass && one.verdict == ShareVerdict::pass;
    out.shares.push_back(one);
  }
  if (all_pass && !out.shares.empty()) out.verdict = ShareVerdict::pass;
  return out;
}

}  // namespace weft::stats
