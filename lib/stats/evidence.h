// From a difference and how far it may be chance to a verdict: what comparisons of single runs and
// of repeated ones share.
#pragma once

#include <vector>

#include "lib/stats/compare.h"

namespace weft::stats {

inline constexpr double kSignificance = 0.05;

// Corrects the p-values of all percentiles for their number.
void correct_percentiles(std::vector<Difference>& differences);

// Fills in the verdict of a difference that has a p-value and intervals.
void decide(Difference& difference, double margin);

// Two-sided p-value of Student's t with so many degrees of freedom (1 or more), and the t that has
// it.
double student_p(double t, double freedom);
double student_quantile(double p, double freedom);

}  // namespace weft::stats
