#include "lib/smp/k6.h"

#include <cmath>

#include "lib/base/format.h"
#include "lib/smp/facts.h"
#include "lib/smp/fields.h"

namespace weft::smp {

namespace {

const doc::Value* metrics_of(const doc::Value& root) {
  if (const doc::Value* metrics = root.find("metrics")) return metrics;
  return Fields::at(root, "results").find("metrics");
}

// The metric `name`, whichever shape the metrics have; null when it is absent.
const doc::Value& metric(const doc::Value& metrics, std::string_view name) {
  if (metrics.is_list())
    for (const doc::Value& entry : metrics.items())
      if (const doc::Value& own = Fields::at(entry, "name");
          own.is_string() && own.string() == name)
        return entry;
  return Fields::at(metrics, name);
}

// Values stand in the metric itself or below "values".
const doc::Value& values_of(const doc::Value& metrics, std::string_view name) {
  const doc::Value& entry = metric(metrics, name);
  const doc::Value* values = entry.find("values");
  return values != nullptr ? *values : entry;
}

void read_latency(Fields& in, const doc::Value& values, Distribution& latency) {
  latency.min_ms = in.number(values, "min");
  latency.mean_ms = in.number(values, "avg");
  latency.max_ms = in.number(values, "max");
  if (const auto median = in.number(values, "med")) latency.percentiles_ms[50] = *median;
  if (!values.is_map()) return;
  for (const doc::Member& member : values.members()) {
    if (!member.key.starts_with("p(") || !member.key.ends_with(')')) continue;
    const auto p =
        base::parse_double(std::string_view(member.key).substr(2, member.key.size() - 3));
    const auto value = in.number_of(member.value, member.key);
    if (p && *p >= 0 && *p <= 100 && value) latency.percentiles_ms[*p] = *value;
  }
}

// Failed requests are bad statuses and lost connections alike; k6 does not tell them apart.
void read_failures(Fields& in, const doc::Value& metrics, Counts& counts) {
  const doc::Value& values = values_of(metrics, "http_req_failed");
  auto share = in.number(values, "rate");
  if (!share) share = in.number(values, "value");
  if (!share || *share > 1 || !counts.completed) return;
  add_error(
      counts, "status",
      static_cast<std::uint64_t>(std::round(*share * static_cast<double>(*counts.completed))));
}

void note_thresholds(const doc::Value& metrics, std::vector<std::string>& warnings) {
  if (!metrics.is_map()) return;
  for (const doc::Member& member : metrics.members()) {
    const doc::Value& thresholds = Fields::at(member.value, "thresholds");
    if (!thresholds.is_map()) continue;
    for (const doc::Member& threshold : thresholds.members()) {
      const doc::Value& ok = Fields::at(threshold.value, "ok");
      const bool failed =
          threshold.value.is_bool() ? threshold.value.boolean() : ok.is_bool() && !ok.boolean();
      if (failed)
        warnings.push_back(fmt::format("k6 threshold missed: {} of {}", threshold.key, member.key));
    }
  }
}

void read_length(Fields& in, const doc::Value& root, Run& run) {
  const auto ms = in.number(in.map(root, "state"), "testRunDurationMs");
  auto seconds = in.number(in.map(root, "config"), "duration");
  if (ms) seconds = *ms / 1000;
  if (!seconds) return;
  run.setup.duration = from_seconds(*seconds);
  run.ended = in.time(in.map(root, "metadata"), "generatedAt");
  if (run.setup.duration) run.started = later(run.ended, -*run.setup.duration);
}

}  // namespace

bool is_k6(const doc::Value& root) {
  const doc::Value* metrics = metrics_of(root);
  if (metrics == nullptr) return false;
  for (const char* name :
       {"http_req_duration", "grpc_req_duration", "iteration_duration", "vus_max"})
    if (!metric(*metrics, name).is_null()) return true;
  return false;
}

base::Result<Run> read_k6(const doc::Document& document) {
  const doc::Value* found = metrics_of(document.root);
  if (found == nullptr)
    return document.error(document.root.position(), "the k6 summary has no metrics");
  const doc::Value& metrics = *found;
  Fields in(document);
  Run run;
  run.setup.load_generator = "k6";
  run.setup.load_generator_version = in.text(in.map(document.root, "metadata"), "k6Version");
  const bool http = !metric(metrics, "http_req_duration").is_null();
  run.setup.protocol = http ? "" : "grpc";
  const doc::Value& times = values_of(metrics, http ? "http_req_duration" : "grpc_req_duration");
  if (times.is_null())
    return document.error(metrics.position(),
                          "the k6 summary has neither http_req_duration nor grpc_req_duration");
  read_latency(in, times, run.latency);
  const doc::Value& requests = values_of(metrics, http ? "http_reqs" : "iterations");
  run.counts.completed = in.count(requests, "count");
  run.actual_qps = in.number(requests, "rate");
  run.latency.count = run.counts.completed;
  read_failures(in, metrics, run.counts);
  run.counts.bytes_received = in.count(values_of(metrics, "data_received"), "count");
  run.counts.bytes_sent = in.count(values_of(metrics, "data_sent"), "count");
  const doc::Value& users = values_of(metrics, "vus_max");
  run.setup.connections = in.whole(users, users.find("max") != nullptr ? "max" : "value");
  read_length(in, document.root, run);
  note_thresholds(metrics, run.warnings);
  WEFT_CHECK(in.status());
  return run;
}

}  // namespace weft::smp
