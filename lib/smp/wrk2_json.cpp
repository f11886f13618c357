#include "lib/smp/wrk2_json.h"

#include "lib/smp/facts.h"
#include "lib/smp/fields.h"

namespace weft::smp {

namespace {

constexpr double kMsPerUs = 1e-3;

// "Percent" is 0..1 in wrk2's own spectrum and 0..100 in its distribution: the largest tells.
void read_percentiles(Fields& in, const doc::Value& list, Distribution& latency) {
  if (!list.is_list()) return;
  double largest = 0;
  for (const doc::Value& entry : list.items())
    largest = std::max(largest, in.number(entry, "Percent").value_or(0));
  const double scale = largest <= 1 ? 100 : 1;
  for (const doc::Value& entry : list.items()) {
    const auto percent = in.number(entry, "Percent", scale);
    const auto value = in.number(entry, "Value");
    if (percent && *percent > 100) in.fail(entry, "a percentile is above 100");
    if (percent && value) latency.percentiles_ms[*percent] = *value;
  }
}

}  // namespace

bool is_wrk2_json(const doc::Value& root) {
  return root.find("TotalRequests") != nullptr && root.find("DurationInMicroseconds") != nullptr;
}

base::Result<Run> read_wrk2_json(const doc::Document& document) {
  const doc::Value& root = document.root;
  Fields in(document);
  Run run;
  run.setup.load_generator = "wrk2";
  run.setup.protocol = "http/1.1";
  run.setup.loop = Loop::open;
  run.setup.omission = Omission::corrected;
  if (const auto url = in.text(root, "Url_0"); !url.empty())
    run.setup.urls.push_back(without_credentials(url));
  run.actual_qps = in.number(root, "RequestsPerSec");
  run.counts.completed = in.count(root, "TotalRequests");
  run.counts.bytes_received = in.count(root, "Bytes");
  if (const doc::Value& errors = Fields::at(root, "Errors"); !errors.is_map())
    add_error(run.counts, "other", in.count_of(errors, "Errors").value_or(0));
  run.latency.min_ms = in.number(root, "MinLatency", kMsPerUs);
  run.latency.mean_ms = in.number(root, "AvgLatency", kMsPerUs);
  run.latency.max_ms = in.number(root, "MaxLatency", kMsPerUs);
  run.latency.stddev_ms = in.number(root, "StdDev", kMsPerUs);
  read_percentiles(in, in.list(root, "Percentiles"), run.latency);
  WEFT_CHECK(in.status());
  return run;
}

}  // namespace weft::smp
