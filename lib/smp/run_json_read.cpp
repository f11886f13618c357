#include <cmath>

#include "lib/base/format.h"
#include "lib/doc/decode.h"
#include "lib/smp/distribution_json.h"
#include "lib/smp/run_json.h"
#include "lib/smp/run_names.h"

namespace weft::smp {
namespace {

using doc::Fields;
using doc::Value;

template <typename T>
void read_name(Fields& in, std::string_view key, T& out) {
  std::string word;
  in.get(key, word);
  if (word.empty()) return;
  if (const auto value = find_name<T>(word)) {
    out = *value;
    return;
  }
  std::string known;
  for (const auto& row : names(T{}))
    known += fmt::format("{}{}", known.empty() ? "" : ", ", row.name);
  in.fail(key, fmt::format("must be one of {}", known));
}

void read_seconds(Fields& in, std::string_view key, std::optional<base::Nanoseconds>& out) {
  std::optional<double> value;
  in.get(key, value);
  if (!value) return;
  if (std::fabs(*value) > 9e9) return in.fail(key, "is too long");
  out = base::Nanoseconds(std::llround(*value * 1e9));
}

void read_setup(Fields& in, Setup& setup) {
  in.get("load_generator", setup.load_generator);
  in.get("load_generator_version", setup.load_generator_version);
  in.get("urls", setup.urls).get("method", setup.method).get("protocol", setup.protocol);
  in.get("tls", setup.tls);
  in.get("connections", setup.connections).get("max_connections", setup.max_connections);
  in.get("streams", setup.streams).get("threads", setup.threads);
  read_seconds(in, "duration_s", setup.duration);
  in.get("requests", setup.requests);
  read_seconds(in, "warmup_s", setup.warmup);
  in.get("warmup_rule", setup.warmup_rule);
  read_seconds(in, "timeout_s", setup.timeout);
  read_name(in, "loop", setup.loop);
  read_name(in, "coordinated_omission", setup.omission);
  in.get("arrival", setup.arrival).get("keepalive", setup.keepalive);
  std::optional<std::string> seed;
  in.get("seed", seed).get("body_bytes", setup.body_bytes);
  in.get("proxy", setup.proxy).get("renewal", setup.renewal);
  if (!seed) return;
  setup.seed = base::parse_uint(*seed);
  if (!setup.seed) in.fail("seed", "must be an integer in quotes");
}

void read_part(Fields& in, Part& part) {
  in.get("sent", part.sent).get("completed", part.completed).get("errors", part.errors);
  in.get("statuses", part.statuses).part("latency_us", part.latency, read_distribution);
}

void read_environment(Fields& in, Environment& environment) {
  in.get("kubernetes_version", environment.kubernetes_version);
  in.get("facts", environment.facts);
  in.each("nodes", environment.nodes, [](Fields& f, Node& node) {
    f.get("type", node.type).get("cores", node.cores).get("mem_mb", node.mem_mb);
  });
}

void read_usage(Fields& in, Usage& usage) {
  in.get("cpu_mcores", usage.cpu_mcores).get("cpu_mcores_assigned", usage.cpu_mcores_assigned);
  in.get("mem_mb", usage.mem_mb).get("mem_mb_assigned", usage.mem_mb_assigned);
}

void read_requested_qps(Fields& in, Setup& setup) {
  const Value* value = in.find("requested_qps");
  if (value == nullptr) return;
  setup.unthrottled = value->is_string() && value->string() == "max";
  if (setup.unthrottled) return;
  if (!value->is_number()) return in.fail("requested_qps", "must be a number or \"max\"");
  in.get("requested_qps", setup.requested_qps);
}

void read_head(Fields& in, Run& run) {
  in.get("id", run.id).get("name", run.name);
  read_requested_qps(in, run.setup);
  in.get("actual_qps", run.actual_qps).get("planned", run.counts.planned);
  in.get("completed", run.counts.completed).get("skipped", run.counts.skipped);
  in.get("errors", run.counts.errors);
  in.part("latency_us", run.latency, read_distribution);
  in.part("service_time_us", run.service_time, read_distribution);
  in.part("send_lag_us", run.send_lag, read_distribution);
  in.part("generator_lag_us", run.generator_lag, read_distribution);
  in.part("pool_lag_us", run.pool_lag, read_distribution);
  in.part("connect_time_us", run.connect_time, read_distribution);
  in.part("handshake_time_us", run.handshake_time, read_distribution);
  read_name(in, "verdict", run.generator.verdict);
}

void read_generator(Fields& in, Generator& generator) {
  in.get("cpu_seconds", generator.cpu_seconds).get("busy_percent", generator.busy_percent);
  in.get("cpu_wait_percent", generator.cpu_wait_percent).get("preempted", generator.preempted);
  in.get("missed_deadlines", generator.missed_deadlines).get("pacing_cv", generator.pacing_cv);
  in.get("max_rss_bytes", generator.max_rss_bytes);
}

void read_rest(Fields& in, Run& run) {
  in.get("reasons", run.generator.reasons).get("labels", run.labels);
  in.time("started", run.started).time("ended", run.ended);
  in.get("interrupted", run.interrupted).part("setup", run.setup, read_setup);
  in.get("statuses", run.counts.statuses).get("resets", run.counts.resets);
  in.get("goaways", run.counts.goaways).get("retransmits", run.counts.retransmits);
  in.part("message_latency_us", run.message_latency, read_distribution);
  in.part("messages", run.counts, [](Fields& f, Counts& counts) {
    f.get("received", counts.messages_received).get("sent", counts.messages_sent);
  });
  in.part("bytes", run.counts, [](Fields& f, Counts& counts) {
    f.get("received", counts.bytes_received).get("sent", counts.bytes_sent);
  });
  in.each("targets", run.parts, read_part);
  in.part("generator", run.generator, read_generator);
  in.part("environment", run.environment, read_environment);
  in.part("mesh", run.mesh,
          [](Fields& f, Mesh& mesh) { f.get("type", mesh.type).get("version", mesh.version); });
  in.each("resources", run.resources, read_usage);
  in.part("origin", run.origin, [](Fields& f, Origin& origin) {
    f.get("format", origin.format).get("dialect", origin.dialect).get("path", origin.path);
  });
  in.get("details_uri", run.details_uri).get("test_id", run.test_id);
  in.get("mesh_config_id", run.mesh_config_id).get("env_id", run.env_id);
  in.get("warnings", run.warnings).each("intervals", run.intervals, read_interval);
}

}  // namespace

base::Result<Run> run_from_json(const doc::Document& document) {
  Fields in(document, doc::Unknown::ignored);
  std::string schema;
  in.need("schema", schema);
  if (in.ok() && schema != kRunSchema)
    in.fail("schema", fmt::format("must be {}", kRunSchema),
            schema.starts_with("weft.perf-run/") ? "read it with a newer weft" : "");
  Run run;
  read_head(in, run);
  read_rest(in, run);
  WEFT_CHECK(in.done());
  return run;
}

}  // namespace weft::smp
