#include "lib/perf/repeated.h"

#include <algorithm>

#include "lib/perf/merge.h"
#include "lib/perf/objectives.h"
#include "lib/stats/paired.h"

namespace weft::perf {

base::Result<Repeated> compare_repeated(std::span<const smp::Run> first,
                                        std::span<const smp::Run> second,
                                        std::span<const stats::Term> fail_on) {
  Repeated repeated;
  for (const auto& runs : {first, second}) {
    if (runs.size() == 1) {
      repeated.sides.push_back(runs.front());
      continue;
    }
    WEFT_TRY(side, merge(runs));
    side.name = runs.front().name;
    repeated.sides.push_back(std::move(side));
  }
  const auto side_of = [](const smp::Run& run) {
    return stats::Side{run.intervals,
                       [&run](const stats::Metric& metric) { return measured(metric, run); }};
  };
  std::vector<stats::Pair> pairs;
  pairs.reserve(first.size());
  for (std::size_t i = 0; i < first.size(); ++i)
    pairs.push_back({side_of(first[i]), side_of(second[i])});
  stats::CompareOptions options;
  options.metrics = stats::metrics_for(fail_on);
  Contrast contrast;
  contrast.figures = stats::compare_pairs(pairs, options);
  contrast.caveats = caveats(repeated.sides[0], repeated.sides[1]);
  contrast.changes = stats::evaluate(fail_on, contrast.figures);
  RunComparison& comparison = repeated.comparison;
  comparison.failed = std::ranges::any_of(
      contrast.changes, [](const stats::ChangeOutcome& change) { return change.happened; });
  comparison.invalid = std::ranges::any_of(repeated.sides, [](const smp::Run& run) {
    return run.generator.verdict == smp::Verdict::invalid;
  });
  comparison.others.push_back(std::move(contrast));
  return repeated;
}

std::vector<int> alternating(int pairs) {
  std::vector<int> order;
  order.reserve(static_cast<std::size_t>(pairs) * 2);
  for (int i = 0; i < pairs; ++i) {
    order.push_back(i % 2);
    order.push_back(1 - i % 2);
  }
  return order;
}

}  // namespace weft::perf
