#include "lib/smp/smp_write.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/base/number.h"
#include "lib/smp/facts.h"
#include "lib/smp/json_set.h"
#include "lib/smp/smp_enums.h"
#include "lib/smp/smp_labels.h"

namespace weft::smp {
namespace {

using doc::Value;

// The id that another root refers to: its own, or one made from the id of the run.
std::string linked_id(const std::string& own, const Run& run, std::string_view suffix) {
  return own.empty() && !run.id.empty() ? run.id + std::string(suffix) : own;
}
std::string test_id(const Run& run) { return linked_id(run.test_id, run, "-test"); }
std::string mesh_id(const Run& run) {
  const bool known = !run.mesh.type.empty() || !run.mesh.version.empty() || !run.resources.empty();
  return known ? linked_id(run.mesh_config_id, run, "-mesh") : run.mesh_config_id;
}
std::string env_id(const Run& run) {
  const auto& [version, nodes, facts] = run.environment;
  const bool known = !version.empty() || !nodes.empty() || !facts.empty();
  return known ? linked_id(run.env_id, run, "-env") : run.env_id;
}

Value root(const std::string& id) {
  Value out;
  out.set("smp_version", kSmpVersion);
  set_known(out, "id", id);
  return out;
}

void set_time(Value& out, std::string_view key, std::optional<base::WallTime> time) {
  if (time) out.set(key, base::format_rfc3339(*time));
}

Value latencies(const Distribution& times) {
  Value out = Value::map();
  set_known(out, "min", times.min_ms);
  set_known(out, "average", times.mean_ms);
  set_known(out, "p50", times.percentile_ms(50));
  set_known(out, "p90", times.percentile_ms(90));
  set_known(out, "p99", times.percentile_ms(99));
  set_known(out, "max", times.max_ms);
  return out;
}

// int32 in SMP: the nearest whole number that fits.
void set_int32(Value& out, std::string_view key, std::optional<double> value) {
  if (!value || !std::isfinite(*value)) return;
  constexpr double kMax = std::numeric_limits<std::int32_t>::max();
  out.set(key, static_cast<std::int64_t>(std::llround(std::clamp(*value, 0.0, kMax))));
}

void set_part(Value& out, const Run& run, const std::string& part, std::string key) {
  const auto found = run.resources.find(part);
  if (found == run.resources.end()) return;
  Value usage;
  set_int32(usage, "cpu_mcores", found->second.cpu_mcores);
  set_int32(usage, "mem_mb", found->second.mem_mb);
  set_filled(out, std::move(key), std::move(usage));
}

// An int64 of SMP; a rate that is no whole number is kept by the label weft.requested_rps alone.
void set_rps(Value& client, const Setup& setup) {
  if (setup.unthrottled) {
    client.set("rps", 0);
  } else if (setup.requested_qps && *setup.requested_qps == std::floor(*setup.requested_qps) &&
             *setup.requested_qps > 0 && *setup.requested_qps < 0x1p53) {
    client.set("rps", static_cast<std::int64_t>(*setup.requested_qps));
  }
}

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

std::string camel_case(std::string_view key) {
  std::string out;
  bool raise = false;
  for (const char c : key) {
    if (c == '_') {
      raise = true;
      continue;
    }
    out += raise && is_lower(c) ? static_cast<char>(c - 32) : c;
    raise = false;
  }
  return out;
}

bool is_free_map(std::string_view key) {
  return key == "labels" || key == "headers" || key == "cookies" || key == "annotations";
}

bool is_int64(std::string_view parent, std::string_view key) {
  return (parent == "clients" && key == "rps") || (parent == "nodes" && key == "mem_mb");
}

Value protojson(const Value& value, std::string_view parent) {
  if (value.is_list()) {
    Value out = Value::list();
    for (const auto& item : value.items()) out.push(protojson(item, parent));
    return out;
  }
  if (!value.is_map()) return value;
  Value out = Value::map();
  for (const auto& [key, member, at] : value.members()) {
    if (is_free_map(key))
      out.set(key, member);
    else if (is_int64(parent, key) && member.is_int())
      out.set(camel_case(key), std::to_string(member.integer()));
    else
      out.set(camel_case(key), protojson(member, key));
  }
  return out;
}

}  // namespace

Value smp_result(const Run& run) {
  Value out = root(run.id);
  set_filled(out, "labels", to_map(with_weft_labels(run)));
  set_time(out, "start_time", run.started);
  set_time(out, "end_time", run.ended);
  out.set("latencies_ms", latencies(run.latency));
  set_known(out, "actual_qps", run.actual_qps);
  set_known(out, "details_uri", run.details_uri);
  set_known(out, "test_id", test_id(run));
  set_known(out, "mesh_config_id", mesh_id(run));
  set_known(out, "env_id", env_id(run));
  return out;
}

Value smp_test_config(const Run& run) {
  const Setup& setup = run.setup;
  Value out = root(test_id(run));
  set_known(out, "name", run.name);
  set_filled(out, "labels", to_map(run.labels));
  Value client = Value::map();
  set_known(client, "load_generator", setup.load_generator);
  set_known(client, "protocol", protocol_enum_name(setup.protocol));
  set_known(client, "connections", setup.connections);
  set_rps(client, setup);
  Value urls = Value::list();
  for (const auto& url : setup.urls) urls.push(without_credentials(url));
  set_filled(client, "endpoint_urls", std::move(urls));
  out.set("clients", Value().push(std::move(client)));
  if (setup.duration) out.set("duration", base::format_duration(*setup.duration));
  return out;
}

Value smp_mesh_config(const Run& run) {
  Value out = root(mesh_id(run));
  set_part(out, run, "ingress", "ingress_gateway");
  set_part(out, run, "dp", "sidecar");
  set_part(out, run, "telemetry", "mesh_telemetry");
  set_part(out, run, "policy", "mesh_policy");
  set_part(out, run, "cp", "mesh_control_plane");
  Value mesh;
  set_known(mesh, "type", mesh_enum_name(run.mesh.type));
  set_known(mesh, "version", run.mesh.version);
  set_filled(out, "mesh_type", std::move(mesh));
  return out;
}

Value smp_environment(const Run& run) {
  Value out = root(env_id(run));
  set_filled(out, "labels", to_map(run.environment.facts));
  set_known(out, "kubernetes_version", run.environment.kubernetes_version);
  Value nodes = Value::list();
  for (const auto& node : run.environment.nodes) {
    Value item = Value::map();
    set_known(item, "type", node.type);
    set_known(item, "cores", node.cores);
    set_known(item, "mem_mb", node.mem_mb);
    nodes.push(std::move(item));
  }
  set_filled(out, "nodes", std::move(nodes));
  return out;
}

Value smp_bundle(const Run& run) {
  Value out;
  out.set("test", smp_test_config(run)).set("mesh", smp_mesh_config(run));
  out.set("environment", smp_environment(run)).set("result", smp_result(run));
  return out;
}

Value to_protojson(const Value& value) { return protojson(value, {}); }

}  // namespace weft::smp
