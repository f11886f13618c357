// Figures of runs added up, as a merge needs them.
#pragma once

#include <map>
#include <string>

#include "lib/smp/run.h"

namespace weft::perf {

enum class Manner;

// All of `run` but its times, slices and resources. Histograms are added cell by cell; what is made
// of them waits for settle_sums().
void add_sums(smp::Run& sum, const smp::Run& run, Manner manner);
// Count, mean and the like of the histograms that were added up.
void settle_sums(smp::Run& sum);

}  // namespace weft::perf
