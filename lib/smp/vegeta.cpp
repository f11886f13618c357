#include "lib/smp/vegeta.h"

#include <algorithm>

#include "lib/smp/facts.h"
#include "lib/smp/fields.h"

namespace weft::smp {

bool is_vegeta(const doc::Value& root) {
  return root.find("latencies") != nullptr && root.find("status_codes") != nullptr;
}

base::Result<Run> read_vegeta(const doc::Document& document) {
  constexpr double kMsPerNs = 1e-6;
  const doc::Value& root = document.root;
  Fields in(document);
  Run run;
  run.setup.load_generator = "vegeta";
  run.setup.loop = Loop::open;
  run.started = in.time(root, "earliest");
  run.ended = in.time(root, "end");
  run.actual_qps = in.number(root, "rate");
  if (const auto length = in.whole(root, "duration"))
    run.setup.duration = base::Nanoseconds(*length);

  const doc::Value& latencies = in.map(root, "latencies");
  run.latency.min_ms = in.number(latencies, "min", kMsPerNs);
  run.latency.mean_ms = in.number(latencies, "mean", kMsPerNs);
  run.latency.max_ms = in.number(latencies, "max", kMsPerNs);
  const std::pair<double, const char*> percentiles[] = {
      {50, "50th"}, {90, "90th"}, {95, "95th"}, {99, "99th"}};
  for (const auto& [percentile, key] : percentiles)
    if (const auto value = in.number(latencies, key, kMsPerNs))
      run.latency.percentiles_ms[percentile] = *value;

  const std::uint64_t requests = in.count(root, "requests").value_or(0);
  std::uint64_t unanswered = 0;
  const doc::Value& statuses = in.map(root, "status_codes");
  if (statuses.is_map())
    for (const doc::Member& status : statuses.members()) {
      const std::uint64_t answers = in.count_of(status.value, status.key).value_or(0);
      if (status.key == "0")
        unanswered = std::min(answers, requests);
      else
        add_http_status(run.counts, status.key, answers);
    }
  add_error(run.counts, "no_answer", unanswered);
  run.counts.completed = requests - unanswered;
  run.latency.count = requests;
  run.counts.bytes_received = in.count(in.map(root, "bytes_in"), "total");
  run.counts.bytes_sent = in.count(in.map(root, "bytes_out"), "total");
  WEFT_CHECK(in.status());
  return run;
}

}  // namespace weft::smp
