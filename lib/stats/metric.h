// The figures of a run that objectives and comparisons name: one table of their names, quantities
// and directions, which parsing, did-you-mean, completion and help all read.
//
//   WEFT_TRY(metric, stats::parse_metric("p99.9"));
//   metric.row().quantity;                     // Quantity::time
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace weft::stats {

enum class MetricKind { percentile, mean, max, errors, throughput, lag };

// Values are nanoseconds, a ratio of 0..1, or per second.
enum class Quantity { time, ratio, rate };

struct MetricRow {
  MetricKind kind;
  std::string_view name;
  std::string_view alias;  // may be empty
  Quantity quantity;
  bool higher_is_better;
  bool comparable;  // compare() can tell how sure a difference is
  std::string_view help;
};

std::span<const MetricRow> metric_rows();

struct Metric {
  MetricKind kind = MetricKind::mean;
  double percentile = 0;  // of MetricKind::percentile: above 0 and below 100

  std::string name() const;  // "p99.9", "mean", "qps"
  const MetricRow& row() const;
  friend bool operator==(const Metric&, const Metric&) = default;
};

// "p50", "p99.9" (also written p999), "mean", "errors" ...; ignores case. A usage error suggests
// the names that are close.
base::Result<Metric> parse_metric(std::string_view name);

// The names worth offering in completion and suggestions.
std::vector<std::string> metric_names();

}  // namespace weft::stats
