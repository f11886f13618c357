#include "lib/smp/distribution_json.h"

#include <cmath>
#include <limits>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/smp/json_set.h"
#include "lib/stats/hdr.h"

namespace weft::smp {
namespace {

using doc::Fields;
using doc::Value;

constexpr double kUsPerMs = 1000;
constexpr double kNsPerUs = 1000;

struct Shown {
  double percentile;
  const char* key;
};
constexpr Shown kShown[] = {{50, "p50"}, {75, "p75"}, {90, "p90"},
                            {95, "p95"}, {99, "p99"}, {99.9, "p999"}};

std::optional<double> to_us(std::optional<double> ms) {
  return ms ? std::optional(*ms * kUsPerMs) : std::nullopt;
}

double ns_to_us(std::uint64_t ns) { return static_cast<double>(ns) / kNsPerUs; }

// The cells, and what their encoding leaves out.
void put_histogram(Value& out, const stats::SparseHistogram& histogram) {
  if (histogram.saturated != 0) out.set("saturated", histogram.saturated);
  out.set("sum_ns", histogram.sum).set("sum_squares_ns2", histogram.sum_squares);
  out.set("histogram", stats::hdr_encode(histogram));
}

bool fits_cell(std::uint64_t ns, const stats::SparseHistogram::Cell& cell) {
  return stats::Histogram::cell_index(ns) == cell.index;
}

std::optional<std::uint64_t> read_ns(Fields& in, std::string_view key) {
  std::optional<double> us;
  in.get(key, us);
  if (!us || *us < 0 || *us > 1e15) return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(*us * kNsPerUs));
}

// Absent without a histogram or after an error in it.
std::optional<stats::SparseHistogram> take_histogram(Fields& in, std::string_view min_key,
                                                     std::string_view max_key) {
  std::string text;
  in.get("histogram", text);
  if (text.empty() || !in.ok()) return std::nullopt;
  auto decoded = stats::hdr_decode_sparse(text);
  if (!decoded.ok()) {
    in.fail("histogram", fmt::format("cannot be read: {}", decoded.error().message));
    return std::nullopt;
  }
  stats::SparseHistogram histogram = *std::move(decoded);
  if (histogram.count == 0) return histogram;
  in.get("saturated", histogram.saturated).get("sum_ns", histogram.sum);
  in.get("sum_squares_ns2", histogram.sum_squares);
  histogram.min = read_ns(in, min_key).value_or(histogram.min);
  histogram.max = read_ns(in, max_key).value_or(histogram.max);
  if (!fits_cell(histogram.min, histogram.cells.front()) ||
      !fits_cell(histogram.max, histogram.cells.back()) || histogram.min > histogram.max)
    in.fail("histogram", fmt::format("does not fit {} and {}", min_key, max_key));
  else if (histogram.saturated > histogram.count || histogram.sum < 0 || histogram.sum_squares < 0)
    in.fail("histogram", "does not fit its sums");
  return in.ok() ? std::optional(std::move(histogram)) : std::nullopt;
}

void read_percentiles(Fields& in, Distribution& times) {
  if (const Value* stated = in.find("percentiles")) {
    if (!stated->is_map()) return in.fail("percentiles", "must be a map of microseconds");
    for (const auto& member : stated->members()) {
      const auto p = base::parse_double(member.key);
      double us = 0;
      if (!p || *p < 0 || *p > 100 || !doc::decode(member.value, us))
        return in.fail("percentiles", "must map percentiles from 0 to 100 to microseconds");
      times.percentiles_ms[*p] = us / kUsPerMs;
    }
    return;
  }
  for (const auto& [p, key] : kShown) {
    std::optional<double> us;
    in.get(key, us);
    if (us && times.buckets.empty()) times.percentiles_ms[p] = *us / kUsPerMs;
  }
}

void read_buckets(Fields& in, Distribution& times) {
  const Value* list = in.find("buckets");
  if (list == nullptr) return;
  for (std::size_t i = 0; list->is_list() && i < list->size(); ++i) {
    const Value& row = list->items()[i];
    Bucket bucket;
    if (row.size() != 3 || !row.is_list() || !doc::decode(row.items()[0], bucket.start_ms) ||
        !doc::decode(row.items()[1], bucket.end_ms) || !doc::decode(row.items()[2], bucket.count) ||
        bucket.end_ms < bucket.start_ms)
      return in.fail("buckets", "must be a list of [start, end, count]");
    bucket.start_ms /= kUsPerMs;
    bucket.end_ms /= kUsPerMs;
    times.buckets.push_back(bucket);
  }
}

}  // namespace

Value distribution_to_json(const Distribution& times) {
  Value out;
  if (times.empty() && !times.count) return out;
  set_known(out, "count", times.count);
  set_known(out, "min", to_us(times.min_ms));
  set_known(out, "mean", to_us(times.mean_ms));
  for (const auto& [p, key] : kShown) set_known(out, key, to_us(times.percentile_ms(p)));
  set_known(out, "max", to_us(times.max_ms));
  set_known(out, "stddev", to_us(times.stddev_ms));
  Value stated = Value::map();
  for (const auto& [p, ms] : times.percentiles_ms) stated.set(fmt::format("{}", p), ms * kUsPerMs);
  set_filled(out, "percentiles", std::move(stated));
  Value buckets = Value::list();
  for (const auto& [start_ms, end_ms, count] : times.buckets)
    buckets.push(Value().push(start_ms * kUsPerMs).push(end_ms * kUsPerMs).push(count));
  set_filled(out, "buckets", std::move(buckets));
  if (times.histogram && times.histogram->count() != 0) {
    const auto sparse = times.histogram->sparse();
    // Exactly: through milliseconds a nanosecond could be lost.
    out.set("min", ns_to_us(sparse.min)).set("max", ns_to_us(sparse.max));
    put_histogram(out, sparse);
  }
  return out;
}

void read_distribution(Fields& in, Distribution& times) {
  if (const auto histogram = take_histogram(in, "min", "max"))
    times = Distribution::of(stats::Histogram(*histogram));
  read_buckets(in, times);
  if (times.histogram) {
    if (in.find("percentiles") != nullptr) read_percentiles(in, times);
    return;
  }
  read_percentiles(in, times);
  in.get("count", times.count);
  in.get("min", times.min_ms).get("mean", times.mean_ms).get("max", times.max_ms);
  in.get("stddev", times.stddev_ms);
  for (auto* ms : {&times.min_ms, &times.mean_ms, &times.max_ms, &times.stddev_ms})
    if (*ms) **ms /= kUsPerMs;
}

Value intervals_to_json(const std::vector<stats::Interval>& intervals) {
  Value list = Value::list();
  stats::Histogram whole;  // one for all: a quarter of a megabyte
  for (const auto& interval : intervals) {
    Value out;
    out.set("start_s", interval.start_s).set("duration_s", interval.duration_s);
    out.set("planned", interval.planned).set("completed", interval.completed);
    out.set("errors", interval.errors);
    if (interval.latency.count != 0) {
      whole.clear();
      whole.merge(interval.latency);
      out.set("min_us", ns_to_us(whole.min())).set("p50_us", ns_to_us(whole.percentile(50)));
      out.set("p99_us", ns_to_us(whole.percentile(99))).set("max_us", ns_to_us(whole.max()));
      put_histogram(out, interval.latency);
    }
    list.push(std::move(out));
  }
  return list;
}

void read_interval(Fields& in, stats::Interval& interval) {
  in.need("start_s", interval.start_s).need("duration_s", interval.duration_s);
  in.get("planned", interval.planned).get("completed", interval.completed);
  in.get("errors", interval.errors);
  if (auto histogram = take_histogram(in, "min_us", "max_us"))
    interval.latency = *std::move(histogram);
}

}  // namespace weft::smp
