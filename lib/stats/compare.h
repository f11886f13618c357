// Is run B better or worse than run A, and how sure is that? Differences of percentiles, mean,
// error rate and throughput with confidence intervals from a block bootstrap over time slices
// (lib/stats/resample.h), and a verdict for each.
//
//   auto comparison = stats::compare({a.intervals, value_of_a}, {b.intervals, value_of_b});
//   for (const auto& d : comparison.differences) d.metric.name(), d.relative, d.verdict;
//
// What one pair of runs can tell has a limit: a difference between the machines' states during the
// two runs looks like a difference between what was measured. Repeated, interleaved runs show it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/stats/interval.h"
#include "lib/stats/metric.h"
#include "lib/stats/threshold.h"

namespace weft::stats {

// One of the runs. `value` is its figure as the run states it, in the metric's quantity; without
// it, or where it has none, figures come from the intervals.
struct Side {
  std::span<const Interval> intervals;
  std::function<std::optional<double>(const Metric&)> value;
};

// p50, p75, p90, p95, p99, p99.9, mean, errors, qps.
std::vector<Metric> usual_metrics();
// These and the others that the terms name.
std::vector<Metric> metrics_for(std::span<const Term> terms);

struct CompareOptions {
  std::vector<Metric> metrics = usual_metrics();
  double margin = 0.05;  // differences of times and rates that lie inside are equivalent
  std::size_t replicates = 2000;
  std::uint64_t seed = 1;
};

enum class Verdict { better, worse, equivalent, no_evidence };
std::string_view verdict_name(Verdict verdict);  // "better", ..., "no evidence"

struct Range {
  double low = 0;
  double high = 0;
};

struct Difference {
  Metric metric;
  std::optional<double> a, b;        // in the metric's quantity
  std::optional<double> absolute;    // b - a
  std::optional<double> relative;    // b / a - 1; absent when a is 0
  std::optional<Range> absolute_95;  // confidence intervals of this metric by itself: one may
  std::optional<Range> relative_95;  // exclude 0 while the corrected p-value shows no evidence
  std::optional<double> p_value;     // two-sided, percentiles corrected for their number (Holm)
  Verdict verdict = Verdict::no_evidence;
  std::string reason;  // of "no evidence", a sentence without full stop
};

struct Comparison {
  std::vector<Difference> differences;  // in the order of the metrics asked for
  double block_seconds = 0;             // the longer of the two runs' blocks; 0 without intervals
};

// Better or worse: the difference is significant at 5 % and its interval reaches out of the margin.
Comparison compare(const Side& a, const Side& b, const CompareOptions& options = {});

// Whether a change (parse_changes) has happened: true only when the whole confidence interval
// lies beyond the bound.
struct ChangeOutcome {
  Term term;
  bool happened = false;
  std::string reason;  // why not, or what was seen
};
std::vector<ChangeOutcome> evaluate(std::span<const Term> terms, const Comparison& comparison);

}  // namespace weft::stats
