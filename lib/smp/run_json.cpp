#include "lib/smp/run_json.h"

#include "lib/smp/distribution_json.h"
#include "lib/smp/json_set.h"
#include "lib/smp/run_names.h"

namespace weft::smp {
namespace {

using doc::Value;

std::optional<double> seconds(std::optional<base::Nanoseconds> duration) {
  if (!duration) return std::nullopt;
  return static_cast<double>(duration->count()) / 1e9;
}

void set_time(Value& out, std::string_view key, std::optional<base::WallTime> time) {
  if (time) out.set(key, base::format_rfc3339(*time));
}

Value to_json(const Setup& setup) {
  Value out;
  set_known(out, "load_generator", setup.load_generator);
  set_known(out, "load_generator_version", setup.load_generator_version);
  set_filled(out, "urls", to_list(setup.urls));
  set_known(out, "method", setup.method);
  set_known(out, "protocol", setup.protocol);
  set_known(out, "tls", setup.tls);
  set_known(out, "connections", setup.connections);
  set_known(out, "max_connections", setup.max_connections);
  set_known(out, "streams", setup.streams);
  set_known(out, "threads", setup.threads);
  set_known(out, "duration_s", seconds(setup.duration));
  set_known(out, "requests", setup.requests);
  set_known(out, "warmup_s", seconds(setup.warmup));
  set_known(out, "warmup_rule", setup.warmup_rule);
  set_known(out, "timeout_s", seconds(setup.timeout));
  set_known(out, "loop", std::string(name_of(setup.loop)));
  set_known(out, "coordinated_omission", std::string(name_of(setup.omission)));
  set_known(out, "arrival", setup.arrival);
  set_known(out, "keepalive", setup.keepalive);
  // As text: a seed may use all 64 bits, which JSON's readers do not keep.
  if (setup.seed) out.set("seed", std::to_string(*setup.seed));
  set_known(out, "body_bytes", setup.body_bytes);
  set_known(out, "proxy", setup.proxy);
  set_known(out, "renewal", setup.renewal);
  return out;
}

Value to_json(const Part& part) {
  Value out = Value::map();
  set_known(out, "sent", part.sent);
  set_known(out, "completed", part.completed);
  set_known(out, "errors", part.errors);
  set_filled(out, "statuses", to_map(part.statuses));
  set_filled(out, "latency_us", distribution_to_json(part.latency));
  return out;
}

Value to_json(const Environment& environment) {
  Value out;
  set_known(out, "kubernetes_version", environment.kubernetes_version);
  Value nodes = Value::list();
  for (const auto& node : environment.nodes) {
    Value item = Value::map();
    set_known(item, "type", node.type);
    set_known(item, "cores", node.cores);
    set_known(item, "mem_mb", node.mem_mb);
    nodes.push(std::move(item));
  }
  set_filled(out, "nodes", std::move(nodes));
  set_filled(out, "facts", to_map(environment.facts));
  return out;
}

Value to_json(const Usage& usage) {
  Value out = Value::map();
  set_known(out, "cpu_mcores", usage.cpu_mcores);
  set_known(out, "cpu_mcores_assigned", usage.cpu_mcores_assigned);
  set_known(out, "mem_mb", usage.mem_mb);
  set_known(out, "mem_mb_assigned", usage.mem_mb_assigned);
  return out;
}

Value to_json(const Generator& generator) {
  Value out;
  set_known(out, "cpu_seconds", generator.cpu_seconds);
  set_known(out, "busy_percent", generator.busy_percent);
  set_known(out, "cpu_wait_percent", generator.cpu_wait_percent);
  set_known(out, "preempted", generator.preempted);
  set_known(out, "missed_deadlines", generator.missed_deadlines);
  set_known(out, "pacing_cv", generator.pacing_cv);
  set_known(out, "max_rss_bytes", generator.max_rss_bytes);
  return out;
}

// What the command line promises at the top.
void put_head(Value& out, const Run& run) {
  out.set("schema", kRunSchema);
  set_known(out, "id", run.id);
  set_known(out, "name", run.name);
  if (run.setup.unthrottled)
    out.set("requested_qps", "max");
  else
    set_known(out, "requested_qps", run.setup.requested_qps);
  set_known(out, "actual_qps", run.actual_qps);
  set_known(out, "planned", run.counts.planned);
  set_known(out, "completed", run.counts.completed);
  set_known(out, "skipped", run.counts.skipped);
  out.set("errors", to_map(run.counts.errors));
  set_filled(out, "latency_us", distribution_to_json(run.latency));
  set_filled(out, "service_time_us", distribution_to_json(run.service_time));
  set_filled(out, "send_lag_us", distribution_to_json(run.send_lag));
  set_filled(out, "generator_lag_us", distribution_to_json(run.generator_lag));
  set_filled(out, "pool_lag_us", distribution_to_json(run.pool_lag));
  set_filled(out, "connect_time_us", distribution_to_json(run.connect_time));
  set_filled(out, "handshake_time_us", distribution_to_json(run.handshake_time));
  set_known(out, "verdict", std::string(name_of(run.generator.verdict)));
}

}  // namespace

Value run_to_json(const Run& run) {
  Value out;
  put_head(out, run);
  set_filled(out, "reasons", to_list(run.generator.reasons));
  set_filled(out, "labels", to_map(run.labels));
  set_time(out, "started", run.started);
  set_time(out, "ended", run.ended);
  out.set("interrupted", run.interrupted);
  set_filled(out, "setup", to_json(run.setup));
  set_filled(out, "statuses", to_map(run.counts.statuses));
  set_filled(out, "resets", to_map(run.counts.resets));
  set_known(out, "goaways", run.counts.goaways);
  set_known(out, "retransmits", run.counts.retransmits);
  Value messages;
  set_known(messages, "received", run.counts.messages_received);
  set_known(messages, "sent", run.counts.messages_sent);
  set_filled(out, "messages", std::move(messages));
  set_filled(out, "message_latency_us", distribution_to_json(run.message_latency));
  Value bytes;
  set_known(bytes, "received", run.counts.bytes_received);
  set_known(bytes, "sent", run.counts.bytes_sent);
  set_filled(out, "bytes", std::move(bytes));
  Value parts = Value::map();
  for (const auto& [name, part] : run.parts) parts.set(name, to_json(part));
  set_filled(out, "targets", std::move(parts));
  set_filled(out, "generator", to_json(run.generator));
  set_filled(out, "environment", to_json(run.environment));
  Value mesh;
  set_known(mesh, "type", run.mesh.type);
  set_known(mesh, "version", run.mesh.version);
  set_filled(out, "mesh", std::move(mesh));
  Value resources = Value::map();
  for (const auto& [part, usage] : run.resources) resources.set(part, to_json(usage));
  set_filled(out, "resources", std::move(resources));
  Value origin;
  set_known(origin, "format", run.origin.format);
  set_known(origin, "dialect", run.origin.dialect);
  set_known(origin, "path", run.origin.path);
  set_filled(out, "origin", std::move(origin));
  set_known(out, "details_uri", run.details_uri);
  set_known(out, "test_id", run.test_id);
  set_known(out, "mesh_config_id", run.mesh_config_id);
  set_known(out, "env_id", run.env_id);
  set_filled(out, "warnings", to_list(run.warnings));
  set_filled(out, "intervals", intervals_to_json(run.intervals));
  return out;
}

}  // namespace weft::smp
