// Is B better or worse than A, when both were run several times in turn? Each pair of neighbouring
// runs gives one difference, so whatever changes slowly on the machine or in the network falls out,
// and the differences between the pairs show how far two runs of the same thing lie apart. The
// intervals are Student's: of the logarithm of the ratio for times and rates, of the difference for
// ratios of errors.
//
//   auto comparison = stats::compare_pairs(pairs);   // 5 pairs or more tell something
#pragma once

#include <span>

#include "lib/stats/compare.h"

namespace weft::stats {

struct Pair {
  Side a, b;
};

// The values a and b of a difference are means over the runs, geometric ones for times and rates.
// `replicates` and `seed` of the options mean nothing here.
Comparison compare_pairs(std::span<const Pair> pairs, const CompareOptions& options = {});

}  // namespace weft::stats
