#include "lib/smp/smp_read.h"

#include <algorithm>
#include <cmath>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/smp/smp_labels.h"
#include "lib/smp/smp_quirks.h"

namespace weft::smp {
namespace {

using doc::Fields;
using doc::Value;

constexpr std::string_view kPlaceholders[] = {"test_smp_version", "test_details", "test_test_id",
                                              "test_meshconfigID", "test_envID"};

struct Reader {
  const SmpDocument& smp;
  const SmpOptions& options;
  Run run;
  bool placeholders = false;
};

// Text, unless it is what Meshery's export writes for want of a value.
void read_reference(Fields& in, std::string_view key, Reader& reader, std::string& out) {
  in.get(key, out);
  if (std::find(std::begin(kPlaceholders), std::end(kPlaceholders), out) == std::end(kPlaceholders))
    return;
  reader.placeholders = true;
  reader.run.warnings.push_back(quirk("smp.placeholder", key));
  out.clear();
}

double milliseconds_per(LatencyUnit unit) {
  switch (unit) {
    case LatencyUnit::seconds:
      return 1000;
    case LatencyUnit::microseconds:
      return 0.001;
    case LatencyUnit::milliseconds:
      break;
  }
  return 1;
}

void read_latencies(Fields& in, Reader& reader) {
  Distribution& times = reader.run.latency;
  std::optional<double> p50, p90, p99;
  in.get("min", times.min_ms).get("average", times.mean_ms).get("max", times.max_ms);
  in.get("p50", p50).get("p90", p90).get("p99", p99);
  for (const auto* value : {&times.min_ms, &times.mean_ms, &times.max_ms, &p50, &p90, &p99})
    if (*value && **value < 0 && in.ok()) in.fail("min", "and the others must not be negative");
  if (!in.ok()) return;
  warn_unknown(in, reader.run.warnings);

  const double scale = milliseconds_per(reader.options.unit.value_or(LatencyUnit::milliseconds));
  if (scale != 1) reader.run.warnings.push_back(quirk("smp.latency-unit"));
  // protobuf cannot tell zero from "not set"; a percentile below the minimum is not one.
  const bool zero_is_real = times.max_ms == 0.0;
  for (const auto& [p, value] : {std::pair{50.0, p50}, {90.0, p90}, {99.0, p99}}) {
    if (value && (*value > 0 || zero_is_real))
      times.percentiles_ms[p] = *value * scale;
    else
      reader.run.warnings.push_back(quirk("smp.percentile-missing", fmt::format("p{}", p)));
  }
  for (auto* value : {&times.min_ms, &times.mean_ms, &times.max_ms})
    if (*value) **value *= scale;
}

void check_unit(Fields& in, const Reader& reader) {
  const bool doubtful = reader.smp.dialect == "D0" || reader.smp.dialect == "D4";
  const auto& max = reader.run.latency.max_ms;
  if (!doubtful || reader.options.unit || !max || !in.ok()) return;
  if (reader.placeholders || *max < 1)
    in.fail("latencies_ms", "looks like seconds, though its name says milliseconds",
            "say which it is: --latency-unit s, or --latency-unit ms");
}

void read_mesh(Fields& in, const Reader& reader, Mesh& mesh) {
  std::string build;
  in.get("mesh_build", build).get("version", mesh.version);
  const bool old_numbers = reader.smp.old_numbers;
  const Value* type = in.find("mesh_type");
  if (type != nullptr && type->is_map())
    in.part("mesh_type", mesh, [old_numbers](Fields& f, Mesh& out) {
      get_mesh_type(f, "type", old_numbers, out.type);
      f.get("version", out.version);
    });
  else
    get_mesh_type(in, type != nullptr ? "mesh_type" : "type", old_numbers, mesh.type);
  if (mesh.version.empty()) mesh.version = build;
}

void read_usage(Fields& in, Usage& usage) {
  in.get("cpu_mcores", usage.cpu_mcores).get("mem_mb", usage.mem_mb);
}

// Parts of a mesh configuration ("metrics" in D0) with their use of resources.
void read_resources(Fields& in, Run& run) {
  struct Part {
    const char* key;
    const char* name;
  };
  constexpr Part kParts[] = {{"sidecar", "dp"},
                             {"sidecars", "dp"},
                             {"mesh_control_plane", "cp"},
                             {"ingress_gateway", "ingress"},
                             {"mesh_telemetry", "telemetry"},
                             {"mesh_policy", "policy"}};
  bool memory = false;
  for (const auto& [key, name] : kParts) {
    const Value* part = in.find(key);
    if (part == nullptr) continue;
    Usage usage;
    in.part(key, usage, read_usage);
    if (part->find("bps") != nullptr) run.warnings.push_back(quirk("smp.bps", key));
    memory = memory || usage.mem_mb || part->find("cache_hit_rate") != nullptr;
    if (usage.cpu_mcores || usage.mem_mb) run.resources[name] = usage;
  }
  if (memory) run.warnings.push_back(quirk("smp.memory-unit"));
}

void read_node(Fields& in, Node& node) {
  in.get("type", node.type);
  get_integer(in, "cores", node.cores);
  get_integer(in, "mem_mb", node.mem_mb);
}

void read_environment(Fields& in, Run& run) {
  Environment& environment = run.environment;
  in.get("kubernetes_version", environment.kubernetes_version);
  in.get("kubernetes", environment.kubernetes_version).get("labels", environment.facts);
  in.each("nodes", environment.nodes, read_node);
  Node node;  // D0: one node and how often
  std::optional<std::int64_t> count;
  get_integer(in, "node_count", count);
  if (in.find("node") == nullptr) return;
  in.part("node", node, read_node);
  constexpr std::int64_t kMostNodes = 10'000;
  for (auto i = std::clamp<std::int64_t>(count.value_or(1), 0, kMostNodes); i > 0; --i)
    environment.nodes.push_back(node);
}

// The set-up that a test definition of the bundle says.
void read_test(Fields& in, const Reader& reader, Run& run) {
  struct Client {
    std::optional<std::int64_t> connections, rps;
    std::vector<std::string> urls;
    std::string protocol, load_generator;
  };
  std::vector<Client> clients;
  std::string duration;
  in.get("name", run.name).get("duration", duration);
  in.each("clients", clients, [&](Fields& f, Client& client) {
    get_integer(f, "connections", client.connections);
    get_integer(f, "rps", client.rps);
    get_protocol(f, "protocol", reader.smp.old_numbers, client.protocol);
    f.get("endpoint_urls", client.urls).get("load_generator", client.load_generator);
  });
  if (const auto parsed = base::parse_duration(duration); parsed.ok()) run.setup.duration = *parsed;
  if (clients.empty()) return;
  Client& client = clients.front();
  Setup& setup = run.setup;
  setup.connections = client.connections;
  setup.unthrottled = client.rps == 0;
  if (client.rps && *client.rps > 0) setup.requested_qps = static_cast<double>(*client.rps);
  setup.urls = std::move(client.urls);
  setup.protocol = client.protocol;
  setup.load_generator = client.load_generator;
}

void read_result(Fields& in, Reader& reader) {
  Run& run = reader.run;
  std::string version;
  read_reference(in, "smp_version", reader, version);
  in.get("id", run.id).get("labels", run.labels);
  in.time("start_time", run.started).time("end_time", run.ended);
  in.get("actual_qps", run.actual_qps);
  if (run.actual_qps && *run.actual_qps < 0) in.fail("actual_qps", "must not be negative");
  read_reference(in, "details_uri", reader, run.details_uri);
  read_reference(in, "test_id", reader, run.test_id);
  read_reference(in, "mesh_config_id", reader, run.mesh_config_id);
  read_reference(in, "env_id", reader, run.env_id);
  in.require("latencies_ms");
  in.part("latencies_ms", reader, read_latencies);
  check_unit(in, reader);
  bool stray = false;
  for (const char* key : {"cpu", "memory", "swap"}) stray = stray || in.find(key) != nullptr;
  if (stray) run.warnings.push_back(quirk("smp.stray-resources"));
}

// D0 keeps everything in one flat document.
void read_flat(Fields& in, Reader& reader) {
  Run& run = reader.run;
  run.warnings.push_back(quirk("smp.old-dialect"));
  std::string url;
  in.get("exp_uuid", run.id).get("labels", run.labels).get("details_uri", run.details_uri);
  in.get("endpoint_url", url).get("mesh_build", run.mesh.version);
  if (!url.empty()) run.setup.urls.push_back(url);
  in.time("start_time", run.started).time("end_time", run.ended);
  in.part("env", run, read_environment);
  in.part("metrics", run, read_resources);
  in.part("client", reader, [](Fields& f, Reader& r) {
    std::optional<double> rps;
    get_protocol(f, "protocol", true, r.run.setup.protocol);
    get_integer(f, "connections", r.run.setup.connections);
    f.get("rps", rps).require("latencies_ms");
    if (rps) {
      r.run.warnings.push_back(quirk("smp.rate"));
      const bool whole = *rps == std::floor(*rps);
      (whole ? r.run.setup.requested_qps : r.run.actual_qps) = *rps;
    }
    f.part("latencies_ms", r, read_latencies);
    check_unit(f, r);
  });
}

void warn_about(Run& run) {
  const auto warn = [&run](std::string_view id) { run.warnings.push_back(quirk(id)); };
  if (run.id.empty()) warn("smp.id");
  if (run.latency.percentiles_ms.find(99.9) == run.latency.percentiles_ms.end())
    warn("smp.six-numbers");
  if (!run.counts.completed) warn("smp.no-counts");
  if (run.mesh.type.empty()) warn("smp.no-mesh");
  if (run.environment.nodes.empty() || run.environment.kubernetes_version.empty())
    warn("smp.environment");
}

void read_bundle(Fields& in, Reader& reader) {
  Run& run = reader.run;
  in.part("result", reader, read_result);
  in.part("test", run, [&reader](Fields& f, Run& out) { read_test(f, reader, out); });
  in.part("environment", run, read_environment);
  in.part("mesh", run, [&reader](Fields& f, Run& out) {
    read_mesh(f, reader, out.mesh);
    read_resources(f, out);
  });
}

}  // namespace

std::optional<LatencyUnit> latency_unit(std::string_view word) {
  if (word == "ms") return LatencyUnit::milliseconds;
  if (word == "s") return LatencyUnit::seconds;
  if (word == "us" || word == "\xc2\xb5s") return LatencyUnit::microseconds;
  return std::nullopt;
}

base::Result<Run> read_smp_result(const doc::Document& document, const SmpOptions& options) {
  WEFT_TRY(smp, open_smp(document));
  Reader reader{smp, options, {}, false};
  Fields in(smp.document, doc::Unknown::ignored);
  if (smp.dialect == "D0")
    read_flat(in, reader);
  else if (in.find("result") != nullptr)
    read_bundle(in, reader);
  else
    read_result(in, reader);
  if (in.ok()) warn_unknown(in, reader.run.warnings);
  WEFT_CHECK(in.done());
  Run run = std::move(reader.run);
  take_weft_labels(run);
  run.latency.count = run.counts.completed;
  run.origin = {"smp", smp.dialect, document.source->name()};
  warn_about(run);
  return run;
}

}  // namespace weft::smp
