#include "lib/smp/openmetrics.h"

#include <cmath>

#include "lib/base/format.h"
#include "lib/smp/buckets.h"

namespace weft::smp {

namespace {

constexpr double kMsPerSecond = 1000;
// Upper bounds in milliseconds of the histogram made from ours; imported buckets keep their own.
constexpr double kBounds[] = {0.05, 0.1, 0.25, 0.5, 0.75, 1,    2.5,  5,    7.5,  10,  25,  50,
                              75,   100, 250,  500, 750,  1000, 2500, 5000, 7500, 1e4, 3e4, 6e4};
constexpr double kQuantiles[] = {50, 75, 90, 95, 99, 99.9};

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\' || c == '"') result += '\\';
    result += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return result;
}

// Label names allow letters, digits and "_" only; ours get a prefix of their own.
std::string label_name(std::string_view key) {
  std::string name = "label_";
  for (const char c : key) {
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    name += allowed ? c : '_';
  }
  return name;
}

// `id="...",name="..."`: what tells the runs apart, the same on every line of a run.
std::string identity(const Run& run) {
  std::map<std::string, std::string> labels;
  for (const auto& [key, value] : run.labels) labels.emplace(label_name(key), value);
  const std::pair<const char*, const std::string*> own[] = {
      {"id", &run.id},
      {"name", &run.name},
      {"mesh", &run.mesh.type},
      {"load_generator", &run.setup.load_generator}};
  for (const auto& [name, value] : own)
    if (!value->empty()) labels[name] = *value;
  std::string text;
  for (const auto& [name, value] : labels)
    text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", name, escaped(value));
  return text;
}

std::string with(const std::string& labels, std::string_view name, std::string_view value) {
  return fmt::format("{}{}{}=\"{}\"", labels, labels.empty() ? "" : ",", name, escaped(value));
}

// Bounds are floats: "1.0", never "1".
std::string bound(double seconds) {
  std::string text = fmt::format("{}", seconds);
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

void head(std::string& out, std::string_view name, std::string_view type, std::string_view unit,
          std::string_view help) {
  out += fmt::format("# TYPE {} {}\n", name, type);
  if (!unit.empty()) out += fmt::format("# UNIT {} {}\n", name, unit);
  out += fmt::format("# HELP {} {}\n", name, help);
}

void sample(std::string& out, std::string_view name, const std::string& labels, double value) {
  if (!std::isfinite(value)) return;
  out += fmt::format("{}{} {}\n", name, labels.empty() ? "" : "{" + labels + "}", value);
}

void histogram_of(std::string& out, const std::string& name, const Run& run) {
  const Distribution& latency = run.latency;
  const std::string labels = identity(run);
  const auto bucket = [&](const std::string& le, std::uint64_t count) {
    sample(out, name + "_bucket", with(labels, "le", le), static_cast<double>(count));
  };
  std::uint64_t total = 0;
  if (latency.histogram) {
    total = latency.histogram->count();
    for (const double ms : kBounds)
      bucket(bound(ms / kMsPerSecond),
             latency.histogram->count_at_or_below(static_cast<std::uint64_t>(ms * 1e6)));
  } else {
    double before = -1;
    for (const Bucket& own : latency.buckets) {
      total += own.count;
      if (own.end_ms > before) bucket(bound(own.end_ms / kMsPerSecond), total);
      before = own.end_ms;
    }
  }
  if (total == 0) return;
  bucket("+Inf", total);
  if (!latency.mean_ms) return;
  sample(out, name + "_count", labels, static_cast<double>(total));
  sample(out, name + "_sum", labels, *latency.mean_ms / kMsPerSecond * static_cast<double>(total));
}

struct Gauge {
  std::string_view name, unit, help;
  std::optional<double> (*value)(const Run& run);
};

std::optional<double> as_double(const std::optional<std::uint64_t>& value) {
  if (!value) return std::nullopt;
  return static_cast<double>(*value);
}

std::optional<double> as_seconds(const std::optional<double>& ms) {
  if (!ms) return std::nullopt;
  return *ms / kMsPerSecond;
}

constexpr Gauge kGauges[] = {
    {"weft_run_requested_qps", "", "Requests per second asked for.",
     [](const Run& run) { return run.setup.requested_qps; }},
    {"weft_run_actual_qps", "", "Requests per second reached.",
     [](const Run& run) { return run.actual_qps; }},
    {"weft_run_completed", "", "Requests with a whole answer.",
     [](const Run& run) { return as_double(run.counts.completed); }},
    {"weft_run_error_ratio", "ratio", "Errors over all attempts.",
     [](const Run& run) { return run.counts.error_ratio(); }},
    {"weft_run_latency_min_seconds", "seconds", "Smallest latency.",
     [](const Run& run) { return as_seconds(run.latency.min_ms); }},
    {"weft_run_latency_mean_seconds", "seconds", "Mean latency.",
     [](const Run& run) { return as_seconds(run.latency.mean_ms); }},
    {"weft_run_latency_max_seconds", "seconds", "Largest latency.",
     [](const Run& run) { return as_seconds(run.latency.max_ms); }},
};

void by_key(std::string& out, std::string_view name, std::string_view key,
            const std::map<std::string, std::uint64_t>& counts, const std::string& labels) {
  for (const auto& [value, count] : counts)
    sample(out, name, with(labels, key, value), static_cast<double>(count));
}

}  // namespace

std::string write_openmetrics(std::span<const Run> runs) {
  std::string out;
  // A family must be in one piece, so the families are outside and the runs inside.
  const std::string histogram = "weft_run_latency_seconds";
  head(out, histogram, "histogram", "seconds", "Latencies of the run.");
  for (const Run& run : runs) histogram_of(out, histogram, run);
  const std::string quantiles = "weft_run_latency_quantile_seconds";
  head(out, quantiles, "gauge", "seconds", "Percentiles of the latency.");
  for (const Run& run : runs)
    for (const double p : kQuantiles)
      if (const auto value = as_seconds(run.latency.percentile_ms(p)))
        sample(out, quantiles, with(identity(run), "quantile", fmt::format("{:.12g}", p / 100)),
               *value);
  for (const Gauge& gauge : kGauges) {
    head(out, gauge.name, "gauge", gauge.unit, gauge.help);
    for (const Run& run : runs)
      if (const auto value = gauge.value(run)) sample(out, gauge.name, identity(run), *value);
  }
  head(out, "weft_run_errors", "gauge", "", "Failed requests by class.");
  for (const Run& run : runs)
    by_key(out, "weft_run_errors", "class", run.counts.errors, identity(run));
  head(out, "weft_run_responses", "gauge", "", "Answers by status.");
  for (const Run& run : runs)
    by_key(out, "weft_run_responses", "status", run.counts.statuses, identity(run));
  return out + "# EOF\n";
}

}  // namespace weft::smp
