#include "lib/stats/crossing.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace weft::stats {
namespace {

constexpr double kReach = 0.12;          // of the weights, in log rate
constexpr double kSlope = 10;            // of queues with the usual objectives: 5 to 20
constexpr double kSlopePrecision = .01;  // the prior's: a deviation of 10
constexpr double kLeastSlope = 2;
constexpr double kDrift = 0.2;   // variance of the log-odds from trial to trial beyond counting
constexpr double kStride = 0.3;  // furthest that one fit moves the centre, in log rate
constexpr int kFits = 6;
constexpr double kWidening = 2;
constexpr double kNormal95 = 1.96;

double logit(double p) { return std::log(p / (1 - p)); }

struct Point {
  double x = 0, y = 0;  // log rate from the centre; log-odds from what is allowed
  double weight = 0;
};

struct Line {
  double offset = 0, slope = 0;
  double total = 0, mean_x = 0, spread = 0;  // of the weights
};

// Half an answer on either side keeps the odds finite.
Point point_of(const Trial& trial, double allowed, double centre) {
  const double count = std::max(trial.count, 1.0);
  const double share = (trial.share * count + 0.5) / (count + 1);
  const double variance = 1 / ((count + 1) * share * (1 - share));
  const double x = std::log(trial.rate / centre);
  return {x, logit(share) - logit(allowed),
          std::exp(-x * x / (2 * kReach * kReach)) / (variance + kDrift) + 1e-9};
}

Line fit(std::span<const Point> points) {
  double w = 0, wx = 0, wy = 0;
  for (const Point& p : points) {
    w += p.weight;
    wx += p.weight * p.x;
    wy += p.weight * p.y;
  }
  const double mean_x = wx / w, mean_y = wy / w;
  double xx = kSlopePrecision, xy = kSlope * kSlopePrecision;
  for (const Point& p : points) {
    xx += p.weight * (p.x - mean_x) * (p.x - mean_x);
    xy += p.weight * (p.x - mean_x) * (p.y - mean_y);
  }
  const double slope = std::max(xy / xx, kLeastSlope);
  return {mean_y - slope * mean_x, slope, w, mean_x, xx};
}

// How much more a mean of these residuals varies than one of independent ones.
double inflation(std::span<const double> residuals) {
  double square = 0;
  for (const double r : residuals) square += r * r;
  double sum = 1;
  constexpr std::size_t kLags = 6;
  for (std::size_t lag = 1; lag <= kLags && lag < residuals.size() && square > 0; ++lag) {
    double product = 0;
    for (std::size_t i = lag; i < residuals.size(); ++i)
      product += residuals[i] * residuals[i - lag];
    const double taper = 1 - static_cast<double>(lag) / (kLags + 1);
    sum += 2 * taper * std::max(product / square, 0.0);
  }
  return sum;
}

}  // namespace

Crossing crossing(std::span<const Trial> trials, double allowed, double around) {
  std::vector<Point> points(trials.size());
  double centre = around;
  Line line;
  double shift = 0;
  for (int i = 0; i < kFits; ++i) {
    std::ranges::transform(trials, points.begin(),
                           [&](const Trial& t) { return point_of(t, allowed, centre); });
    line = fit(points);
    shift = std::clamp(-line.offset / line.slope, -kStride, kStride);
    centre *= std::exp(shift);
  }
  std::vector<double> residuals;
  residuals.reserve(points.size());
  double square = 0;
  for (const Point& p : points) {
    residuals.push_back(std::sqrt(p.weight) * (p.y - line.offset - line.slope * p.x));
    square += residuals.back() * residuals.back();
  }
  // The weights know the variance already; what the residuals add is what they exceed it by.
  const double freedom = std::max(static_cast<double>(points.size()) - 2, 1.0);
  const double variance = std::max(square / freedom, 1.0) * inflation(residuals);
  const double away = shift - line.mean_x;
  const double error = std::sqrt(variance * (1 / line.total + away * away / line.spread));
  const double half = kWidening * kNormal95 * error / line.slope;
  return {centre, centre * std::exp(-half), centre * std::exp(half)};
}

}  // namespace weft::stats
