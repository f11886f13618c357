#include "lib/smp/fortio_write.h"

#include <algorithm>
#include <cmath>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/write.h"
#include "lib/smp/buckets.h"
#include "lib/smp/facts.h"

namespace weft::smp {

namespace {

constexpr std::size_t kCellsPerBucket = 8;  // of the histogram's 0.1 % cells
constexpr double kPercentiles[] = {50, 75, 90, 99, 99.9};

double milliseconds(std::uint64_t ns) { return static_cast<double>(ns) / 1e6; }

std::vector<Bucket> of_histogram(const stats::Histogram& histogram) {
  std::vector<Bucket> buckets;
  std::size_t last_group = SIZE_MAX;
  histogram.for_each_cell([&](std::uint64_t low, std::uint64_t, std::uint64_t count) {
    const std::size_t group = stats::Histogram::cell_index(low) / kCellsPerBucket;
    if (group != last_group) {
      const std::size_t end = std::min((group + 1) * kCellsPerBucket, stats::Histogram::kCells) - 1;
      buckets.push_back({milliseconds(stats::Histogram::cell_low(group * kCellsPerBucket)),
                         milliseconds(stats::Histogram::cell_high(end) + 1), 0});
    }
    buckets.back().count += count;
    last_group = group;
  });
  return buckets;
}

// Between the stated percentiles, the extremes included where they are known.
std::vector<Bucket> of_percentiles(const Distribution& distribution, std::uint64_t count) {
  std::map<double, double> points = distribution.percentiles_ms;
  if (distribution.min_ms) points.emplace(0, *distribution.min_ms);
  if (distribution.max_ms) points.emplace(100, *distribution.max_ms);
  std::vector<Bucket> buckets;
  std::uint64_t before = 0;
  double start = points.empty() ? 0 : points.begin()->second;
  for (const auto& [percentile, value] : points) {
    const auto so_far =
        static_cast<std::uint64_t>(std::round(percentile / 100 * static_cast<double>(count)));
    if (so_far > before) buckets.push_back({start, std::max(start, value), so_far - before});
    before = std::max(before, so_far);
    start = std::max(start, value);
  }
  if (!buckets.empty()) buckets.back().count += count - before;
  return buckets;
}

// First start and last end are the extremes, as in fortio.
std::vector<Bucket> buckets_of(const Distribution& distribution) {
  std::vector<Bucket> buckets =
      distribution.histogram ? of_histogram(*distribution.histogram) : distribution.buckets;
  if (buckets.empty() && distribution.count)
    buckets = of_percentiles(distribution, *distribution.count);
  if (buckets.empty()) return buckets;
  if (distribution.min_ms) buckets.front().start_ms = *distribution.min_ms;
  if (distribution.max_ms) buckets.back().end_ms = *distribution.max_ms;
  return buckets;
}

doc::Value seconds(double ms) { return ms / 1000; }

doc::Value data_of(const std::vector<Bucket>& buckets) {
  const auto percents = cumulative_percents(buckets);
  doc::Value data = doc::Value::list();
  for (std::size_t i = 0; i < percents.size(); ++i) {
    doc::Value entry = doc::Value::map();
    entry.set("Start", seconds(buckets[i].start_ms)).set("End", seconds(buckets[i].end_ms));
    entry.set("Percent", percents[i]).set("Count", buckets[i].count);
    data.push(std::move(entry));
  }
  return data;
}

doc::Value histogram_of(const Distribution& latency, const std::vector<Bucket>& buckets) {
  const std::uint64_t count = total_count(buckets);
  const double mean = latency.mean_ms.value_or(0);
  doc::Value histogram = doc::Value::map();
  histogram.set("Count", count);
  histogram.set("Min", seconds(buckets.front().start_ms))
      .set("Max", seconds(buckets.back().end_ms));
  histogram.set("Sum", seconds(mean * static_cast<double>(count))).set("Avg", seconds(mean));
  histogram.set("StdDev", seconds(latency.stddev_ms.value_or(0)));
  histogram.set("Data", data_of(buckets));
  doc::Value percentiles = doc::Value::list();
  for (const double p : kPercentiles) {
    const auto value = latency.percentile_ms(p);
    if (!value) continue;
    doc::Value entry = doc::Value::map();
    entry.set("Percentile", p).set("Value", seconds(*value));
    percentiles.push(std::move(entry));
  }
  histogram.set("Percentiles", std::move(percentiles));
  return histogram;
}

std::string run_type(const Setup& setup) {
  if (setup.protocol == "grpc") return "GRPC Health";
  if (setup.protocol == "tcp" || setup.protocol == "udp")
    return setup.protocol == "tcp" ? "TCP" : "UDP";
  return "HTTP";
}

std::string requested_duration(const Run& run) {
  std::string text = "until stop";
  if (run.setup.duration) text = base::format_duration(*run.setup.duration);
  if (run.setup.requests) text = fmt::format("exactly {} calls", *run.setup.requests);
  if (run.interrupted)
    text += fmt::format(", interrupted after {}", run.counts.completed.value_or(0));
  return text;
}

// fortio's HTTP codes are numbers: a class such as "5xx" is written as its first code, all errors
// without an answer as -1.
doc::Value return_codes(const Run& run) {
  doc::Value codes = doc::Value::map();
  const bool http = run_type(run.setup) == "HTTP";
  for (const auto& [status, count] : run.counts.statuses) {
    const bool number = status.find_first_not_of("0123456789") == std::string::npos;
    if (http && status.size() == 3 && status.ends_with("xx"))
      codes.set(status.substr(0, 1) + "00", count);
    else if (!http || number)
      codes.set(status, count);
  }
  const auto bad_status = run.counts.errors.find("status");
  const std::uint64_t unanswered =
      run.counts.error_total() - (bad_status == run.counts.errors.end() ? 0 : bad_status->second);
  if (unanswered != 0) codes.set("-1", unanswered);
  return codes;
}

std::optional<std::int64_t> elapsed_ns(const Run& run) {
  if (run.started && run.ended)
    if (const auto elapsed = between(*run.started, *run.ended)) return elapsed->count();
  const double count = static_cast<double>(run.latency.count.value_or(0));
  if (run.actual_qps.value_or(0) > 0 && count / *run.actual_qps < 9e9)
    return std::llround(count / *run.actual_qps * 1e9);
  return std::nullopt;
}

template <typename T>
void set_known(doc::Value& map, const char* key, const std::optional<T>& value) {
  if (value) map.set(key, *value);
}

}  // namespace

base::Result<std::string> write_fortio(const Run& run) {
  const auto buckets = buckets_of(run.latency);
  if (total_count(buckets) == 0)
    return base::Error{base::ExitCode::input,
                       "the run has no counted latencies, which fortio's format is about",
                       "export it as csv"};
  const Setup& setup = run.setup;
  doc::Value root = doc::Value::map();
  root.set("RunType", run_type(setup)).set("Labels", run.name);
  if (run.started) root.set("StartTime", base::format_rfc3339(*run.started));
  if (setup.unthrottled || setup.requested_qps)
    root.set("RequestedQPS", setup.unthrottled ? "max" : fmt::format("{}", *setup.requested_qps));
  root.set("RequestedDuration", requested_duration(run));
  set_known(root, "ActualQPS", run.actual_qps);
  set_known(root, "ActualDuration", elapsed_ns(run));
  set_known(root, "NumThreads", setup.connections);
  root.set("Version", setup.load_generator_version);
  root.set("DurationHistogram", histogram_of(run.latency, buckets));
  root.set("Exactly", setup.requests.value_or(0)).set("Jitter", false);
  root.set("Uniform", setup.arrival == "uniform");
  root.set("RetCodes", return_codes(run));
  const bool http = run_type(setup) == "HTTP";
  if (!setup.urls.empty())
    root.set(http ? "URL" : "Destination", without_credentials(setup.urls.front()));
  if (http && setup.protocol == "h2") root.set("H2", true);
  if (setup.keepalive) root.set("DisableKeepAlive", !*setup.keepalive);
  if (setup.timeout) root.set("HTTPReqTimeOut", static_cast<std::int64_t>(setup.timeout->count()));
  set_known(root, "BytesSent", run.counts.bytes_sent);
  set_known(root, "BytesReceived", run.counts.bytes_received);
  if (!setup.load_generator.empty()) root.set("load-generator", setup.load_generator);
  return doc::write_json(root) + "\n";
}

}  // namespace weft::smp
