// Runs side by side: each against the first, with what differs in their set-up and how sure each
// difference of the figures is.
//
//   const auto comparison = compare_runs(runs, {});
//   comparison.others[0].figures.differences[0].verdict;
#pragma once

#include <span>
#include <string>
#include <vector>

#include "lib/doc/value.h"
#include "lib/smp/run.h"
#include "lib/stats/compare.h"

namespace weft::perf {

struct Contrast {
  stats::Comparison figures;                  // of this run against the first
  std::vector<std::string> caveats;           // set-up that differs, runs that cannot be trusted
  std::vector<stats::ChangeOutcome> changes;  // of --fail-on
};

struct RunComparison {
  std::vector<Contrast> others;  // of the second run and on

  bool failed = false;   // one of the changes has happened
  bool invalid = false;  // one of the runs says of itself that it cannot be trusted
};

RunComparison compare_runs(std::span<const smp::Run> runs, std::span<const stats::Term> fail_on);

// What a reader should know before believing the difference between two runs: one sentence each.
std::vector<std::string> caveats(const smp::Run& first, const smp::Run& other);

// Schema weft.perf-comparison/v1.
doc::Value comparison_to_json(std::span<const smp::Run> runs, const RunComparison& comparison);

}  // namespace weft::perf
