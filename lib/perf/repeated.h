// Two targets measured several times in turn: the difference between them, told from what changes
// between any two runs of the same thing.
//
//   WEFT_TRY(repeated, compare_repeated(runs_of_a, runs_of_b, {}));
//   repeated.comparison.others[0].figures;    // of stats::compare_pairs
#pragma once

#include <span>
#include <vector>

#include "lib/base/result.h"
#include "lib/perf/comparison.h"

namespace weft::perf {

struct Repeated {
  std::vector<smp::Run> sides;  // both, each merged from its runs
  RunComparison comparison;
};

// As many runs of one as of the other, in the order in which they were measured: the i-th of both
// make a pair.
base::Result<Repeated> compare_repeated(std::span<const smp::Run> first,
                                        std::span<const smp::Run> second,
                                        std::span<const stats::Term> fail_on);

// Which side goes next when `pairs` of them are measured as A B, B A, A B, ...: so neither gains
// from being first. 0 is A.
std::vector<int> alternating(int pairs);

}  // namespace weft::perf
