#include "lib/perf/curve.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "lib/stats/resample.h"

namespace weft::perf {
namespace {

using base::Result;

constexpr double kBeyond = 1.1;  // of the ceiling: the last rate
constexpr std::chrono::seconds kCeilingStep{3};
constexpr std::chrono::seconds kLeastStep{4};
constexpr std::size_t kReplicates = 400;
constexpr double kNever = std::numeric_limits<double>::quiet_NaN();

struct Point {
  double rate = 0, achieved = 0, mean = 0, median = 0;
};

// The peak of the parabola through a maximum and its neighbours, over the logarithm of the rate.
double peak(const Point* left, const Point& top, const Point* right, auto height) {
  if (left == nullptr || right == nullptr) return kNever;
  const double a = std::log(left->rate / top.rate), c = std::log(right->rate / top.rate);
  const double fa = height(*left) - height(top), fc = height(*right) - height(top);
  const double curvature = (fa / a - fc / c) / (a - c);
  if (!(curvature < 0)) return top.rate;
  const double slope = fa / a - curvature * a;
  return top.rate * std::exp(std::clamp(-slope / (2 * curvature), a, c));
}

double greatest_power(const std::vector<Point>& points) {
  const auto power = [](const Point& p) { return p.mean > 0 ? std::log(p.achieved / p.mean) : 0; };
  const auto top = std::ranges::max_element(points, {}, power);
  const Point* left = top == points.begin() ? nullptr : &*(top - 1);
  const Point* right = top + 1 == points.end() ? nullptr : &*(top + 1);
  return peak(left, *top, right, power);
}

double doubled_median(const std::vector<Point>& points) {
  const double twice = 2 * points.front().median;
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (points[i].median < twice) continue;
    const double below = std::log(points[i - 1].median), above = std::log(points[i].median);
    const double part = above > below ? (std::log(twice) - below) / (above - below) : 1;
    return points[i - 1].rate * std::pow(points[i].rate / points[i - 1].rate, part);
  }
  return kNever;
}

std::vector<Point> points_of(const std::vector<const Step*>& steps) {
  std::vector<Point> points;
  points.reserve(steps.size());
  for (const Step* step : steps)
    points.push_back({*step->plan.qps, step->achieved, step->mean_ns, step->p50_ns});
  return points;
}

std::vector<std::vector<Point>> replicates_of(const std::vector<const Step*>& steps) {
  const std::array metrics{stats::Metric{stats::MetricKind::throughput},
                           stats::Metric{stats::MetricKind::mean},
                           stats::Metric{stats::MetricKind::percentile, 50}};
  std::vector<std::vector<Point>> out(kReplicates, points_of(steps));
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto figures =
        stats::resample(stats::Slices(steps[i]->intervals), metrics, kReplicates, i + 1);
    for (std::size_t r = 0; r < kReplicates; ++r)
      if (figures[1][r] > 0)
        out[r][i] = {out[r][i].rate, figures[0][r], figures[1][r], figures[2][r]};
  }
  return out;
}

// A bend that hardly ever shows in the replicates is none.
std::optional<Bend> bend_of(const std::vector<Point>& points,
                            const std::vector<std::vector<Point>>& replicates, auto find) {
  const double rate = find(points);
  if (std::isnan(rate)) return std::nullopt;
  std::vector<double> found;
  for (const auto& replicate : replicates)
    if (const double one = find(replicate); !std::isnan(one)) found.push_back(one);
  if (found.size() < kReplicates / 2) return std::nullopt;
  std::ranges::sort(found);
  const auto at = [&found](double part) {
    return found[static_cast<std::size_t>(part * static_cast<double>(found.size() - 1))];
  };
  return Bend{rate, std::min(at(0.025), rate), std::max(at(0.975), rate)};
}

void find_bends(Curve& curve) {
  std::vector<const Step*> steps;
  for (const Step& step : curve.steps)
    if (step.verdict != load::Verdict::invalid && step.mean_ns > 0) steps.push_back(&step);
  if (steps.size() < 3) return;
  const auto points = points_of(steps);
  const auto replicates = replicates_of(steps);
  curve.power = bend_of(points, replicates, greatest_power);
  curve.doubled = bend_of(points, replicates, doubled_median);
}

Result<std::vector<double>> rates_of(const CurveOptions& options, const Measure& measure,
                                     Curve& curve) {
  if (!options.rates.empty()) return options.rates;
  WEFT_TRY(closed, measure({Phase::ceiling, std::nullopt, kCeilingStep / 6, kCeilingStep}));
  curve.interrupted = closed.interrupted;
  const double top = closed.achieved * kBeyond;
  curve.closed = std::move(closed);
  std::vector<double> rates;
  for (std::size_t i = 1; i <= options.points; ++i)
    rates.push_back(top * static_cast<double>(i) / static_cast<double>(options.points));
  return rates;
}

}  // namespace

Result<Curve> trace(const CurveOptions& options, const Measure& measure) {
  Curve curve;
  if (options.step < kLeastStep)
    return base::Error{base::ExitCode::usage,
                       "a step is too short to tell how sure its figures are",
                       "--step " + base::format_duration(kLeastStep) + " or more"};
  WEFT_TRY(rates, rates_of(options, measure, curve));
  const auto settle = options.step / 6;
  for (const double rate : rates) {
    if (curve.interrupted) break;
    WEFT_TRY(step, measure({Phase::sweep, rate, settle, options.step - settle}));
    curve.interrupted = step.interrupted;
    curve.steps.push_back(std::move(step));
  }
  find_bends(curve);
  return curve;
}

}  // namespace weft::perf
