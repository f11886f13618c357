#include "lib/smp/ghz.h"

#include "lib/smp/facts.h"
#include "lib/smp/fields.h"

namespace weft::smp {

namespace {

constexpr double kMsPerNs = 1e-6;

void read_options(Fields& in, const doc::Value& options, Setup& setup) {
  if (const auto host = in.text(options, "host"); !host.empty())
    setup.urls.push_back(without_credentials(host));
  setup.method = in.text(options, "call");
  setup.connections = in.whole(options, "connections");
  if (const auto rate = in.number(options, "rps"); rate.value_or(0) > 0)
    setup.requested_qps = rate;
  else
    setup.unthrottled = rate.has_value();
}

void read_percentiles(Fields& in, const doc::Value& list, Distribution& latency) {
  if (!list.is_list()) return;
  for (const doc::Value& entry : list.items()) {
    const auto percentile = in.number(entry, "percentage");
    const auto value = in.number(entry, "latency", kMsPerNs);
    if (percentile && *percentile > 100) in.fail(entry, "a percentile is above 100");
    if (percentile && value) latency.percentiles_ms[*percentile] = *value;
  }
}

}  // namespace

bool is_ghz(const doc::Value& root) {
  return root.find("latencyDistribution") != nullptr && root.find("fastest") != nullptr;
}

base::Result<Run> read_ghz(const doc::Document& document) {
  const doc::Value& root = document.root;
  Fields in(document);
  Run run;
  run.name = in.text(root, "name");
  run.setup.load_generator = "ghz";
  run.setup.protocol = "grpc";
  read_options(in, in.map(root, "options"), run.setup);
  run.ended = in.time(root, "date");
  if (const auto total = in.whole(root, "total"))
    run.started = later(run.ended, -base::Nanoseconds(*total));
  run.actual_qps = in.number(root, "rps");
  run.counts.completed = run.latency.count = in.count(root, "count");
  run.latency.min_ms = in.number(root, "fastest", kMsPerNs);
  run.latency.mean_ms = in.number(root, "average", kMsPerNs);
  run.latency.max_ms = in.number(root, "slowest", kMsPerNs);
  read_percentiles(in, in.list(root, "latencyDistribution"), run.latency);
  const doc::Value& statuses = in.map(root, "statusCodeDistribution");
  if (statuses.is_map())
    for (const doc::Member& status : statuses.members()) {
      const std::uint64_t answers = in.count_of(status.value, status.key).value_or(0);
      run.counts.statuses[status.key] = answers;
      if (status.key != "OK") add_error(run.counts, "status", answers);
    }
  WEFT_CHECK(in.status());
  return run;
}

}  // namespace weft::smp
