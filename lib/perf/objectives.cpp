#include "lib/perf/objectives.h"

#include <algorithm>

namespace weft::perf {
namespace {

std::optional<double> to_ns(std::optional<double> ms) {
  return ms ? std::optional(*ms * 1e6) : std::nullopt;
}

}  // namespace

std::optional<double> measured(const stats::Metric& metric, const smp::Run& run) {
  switch (metric.kind) {
    case stats::MetricKind::percentile:
      return to_ns(run.latency.percentile_ms(metric.percentile));
    case stats::MetricKind::mean:
      return to_ns(run.latency.mean_ms);
    case stats::MetricKind::max:
      return to_ns(run.latency.max_ms);
    case stats::MetricKind::errors:
      return run.counts.error_ratio();
    case stats::MetricKind::throughput:
      return run.actual_qps;
    case stats::MetricKind::lag:
      return to_ns(run.send_lag.percentile_ms(99));
  }
  return std::nullopt;
}

std::vector<Judged> judge(std::span<const stats::Term> terms, const smp::Run& run) {
  std::vector<Judged> judged;
  for (const stats::Term& term : terms) {
    const auto value = measured(term.metric, run);
    judged.push_back({term, value, value && stats::holds(term.relation, *value, term.bound)});
  }
  return judged;
}

bool all_met(std::span<const Judged> judged) {
  return std::ranges::all_of(judged, [](const Judged& one) { return one.met; });
}

}  // namespace weft::perf
