#include "lib/smp/oha.h"

#include "lib/smp/facts.h"
#include "lib/smp/fields.h"

namespace weft::smp {

bool is_oha(const doc::Value& root) {
  return root.find("latencyPercentiles") != nullptr &&
         Fields::at(root, "summary").find("requestsPerSec") != nullptr;
}

base::Result<Run> read_oha(const doc::Document& document) {
  constexpr double kMsPerSecond = 1000;
  const doc::Value& root = document.root;
  Fields in(document);
  Run run;
  run.setup.load_generator = "oha";
  const doc::Value& summary = in.map(root, "summary");
  run.actual_qps = in.number(summary, "requestsPerSec");
  run.latency.min_ms = in.number(summary, "fastest", kMsPerSecond);
  run.latency.mean_ms = in.number(summary, "average", kMsPerSecond);
  run.latency.max_ms = in.number(summary, "slowest", kMsPerSecond);
  run.counts.bytes_received = in.count(summary, "totalData");

  const doc::Value& percentiles = in.map(root, "latencyPercentiles");
  if (percentiles.is_map())
    for (const doc::Member& member : percentiles.members()) {
      const auto p =
          base::parse_double(std::string_view(member.key).substr(member.key.empty() ? 0 : 1));
      const auto value = in.number_of(member.value, member.key);
      if (p && *p >= 0 && *p <= 100 && value)
        run.latency.percentiles_ms[*p] = *value * kMsPerSecond;
    }

  std::uint64_t completed = 0;
  const doc::Value& statuses = in.map(root, "statusCodeDistribution");
  if (statuses.is_map())
    for (const doc::Member& status : statuses.members()) {
      const std::uint64_t answers = in.count_of(status.value, status.key).value_or(0);
      if (__builtin_add_overflow(completed, answers, &completed))
        in.fail(status.value, "the status codes are too large to add up");
      add_http_status(run.counts, status.key, answers);
    }
  run.counts.completed = run.latency.count = completed;
  const doc::Value& errors = in.map(root, "errorDistribution");
  if (errors.is_map())
    for (const doc::Member& error : errors.members())
      add_error(run.counts, error_class(error.key),
                in.count_of(error.value, error.key).value_or(0));
  WEFT_CHECK(in.status());
  return run;
}

}  // namespace weft::smp
