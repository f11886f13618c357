#include "lib/stats/evidence.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace weft::stats {
namespace {

bool inside_margin(const Difference& difference, double margin) {
  if (difference.relative_95)
    return difference.relative_95->low >= -margin && difference.relative_95->high <= margin;
  return difference.absolute_95->low == 0 && difference.absolute_95->high == 0;
}

}  // namespace

std::string_view verdict_name(Verdict verdict) {
  constexpr std::string_view kNames[] = {"better", "worse", "equivalent", "no evidence"};
  return kNames[static_cast<std::size_t>(verdict)];
}

// S. Holm, "A simple sequentially rejective multiple test procedure" (1979): with many percentiles
// shown, the chance that any of them is called different by chance stays at the level of one.
void correct_percentiles(std::vector<Difference>& differences) {
  std::vector<Difference*> family;
  for (auto& difference : differences)
    if (difference.metric.kind == MetricKind::percentile && difference.p_value)
      family.push_back(&difference);
  std::sort(family.begin(), family.end(),
            [](auto* a, auto* b) { return *a->p_value < *b->p_value; });
  double least = 0;
  for (std::size_t i = 0; i < family.size(); ++i) {
    least = std::max(least, *family[i]->p_value * static_cast<double>(family.size() - i));
    family[i]->p_value = std::min(1.0, least);
  }
}

void decide(Difference& difference, double margin) {
  if (!difference.p_value) return;
  if (inside_margin(difference, margin)) {
    difference.verdict = Verdict::equivalent;
  } else if (*difference.p_value > kSignificance) {
    difference.reason = "chance explains a difference of this size";
  } else {
    const bool up = difference.absolute_95->low + difference.absolute_95->high > 0;
    difference.verdict =
        up == difference.metric.row().higher_is_better ? Verdict::better : Verdict::worse;
  }
}

double student_p(double t, double freedom) {
  // With t = sqrt(freedom) tan(x) the density is that of cos(x)^(freedom - 1).
  constexpr int kSteps = 2000;  // even, for Simpson's rule
  const auto area = [&](double from) {
    const double step = (std::numbers::pi / 2 - from) / kSteps;
    double sum = 0;
    for (int i = 0; i <= kSteps; ++i) {
      const double weight = i == 0 || i == kSteps ? 1 : (i % 2 == 1 ? 4 : 2);
      sum += weight * std::pow(std::max(std::cos(from + i * step), 0.0), freedom - 1);
    }
    return sum * step / 3;
  };
  return std::min(1.0, area(std::atan(std::abs(t) / std::sqrt(freedom))) / area(0));
}

double student_quantile(double p, double freedom) {
  double low = 0, high = 1;
  while (student_p(high, freedom) > p && high < 1e9) high *= 2;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (student_p(middle, freedom) > p ? low : high) = middle;
  }
  return high;
}

}  // namespace weft::stats
