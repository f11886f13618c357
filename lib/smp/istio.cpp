#include "lib/smp/istio.h"

#include <span>

#include "lib/base/text.h"
#include "lib/smp/fields.h"
#include "lib/smp/lines.h"

namespace weft::smp {

namespace {

constexpr double kMsPerUs = 1e-3;
constexpr double kMbPerMib = 1.048576;
constexpr double kUnthrottled = 99999999;  // how the report writes "max"
constexpr std::string_view kCsvHeader = "StartTime,ActualDuration,Labels,NumThreads,ActualQPS,";

// A part of the system and the components that make it up. Without its first component the
// report does not cover the part. Ingress gateways are not on the path of these runs.
struct Part {
  std::string_view name;
  std::span<const std::string_view> components;
};
constexpr std::string_view kSidecars[] = {"fortioserver_deployment_proxy",
                                          "fortio_deployment_proxy"};
constexpr std::string_view kSidecars2020[] = {"istio_proxy_fortioserver",
                                              "istio_proxy_fortioclient"};
constexpr std::string_view kControlPlane[] = {"pilot_discovery", "pilot_proxy",
                                              "policy_mixer",    "policy_proxy",
                                              "telemetry_mixer", "telemetry_proxy"};
constexpr std::string_view kApplication[] = {"fortioserver_deployment_captured",
                                             "fortio_deployment_captured"};
constexpr Part kParts[] = {
    {"dp", kSidecars}, {"dp", kSidecars2020}, {"cp", kControlPlane}, {"app", kApplication}};

std::optional<double> memory_mb(Fields& in, const doc::Value& row, const std::string& component,
                                bool& maximum) {
  for (const char* kind : {"avg_", "max_"}) {
    auto value = in.number(row, std::string("mem_MB_") + kind + component);
    if (!value) value = in.number(row, std::string("mem_Mi_") + kind + component, kMbPerMib);
    if (!value) continue;
    maximum |= kind[0] == 'm';
    return value;
  }
  return std::nullopt;
}

void read_resources(Fields& in, const doc::Value& row, Run& run) {
  bool maximum = false;
  for (const Part& part : kParts) {
    const std::string first = "cpu_mili_avg_" + std::string(part.components.front());
    if (Fields::at(row, first).is_null()) continue;
    Usage& usage = run.resources[std::string(part.name)];
    for (const std::string_view name : part.components) {
      const std::string component(name);
      if (const auto cpu = in.number(row, "cpu_mili_avg_" + component))
        usage.cpu_mcores = usage.cpu_mcores.value_or(0) + *cpu;
      if (const auto memory = memory_mb(in, row, component, maximum))
        usage.mem_mb = usage.mem_mb.value_or(0) + *memory;
    }
  }
  if (maximum)
    run.warnings.push_back("the report states the largest memory use only, not the average");
}

// "<run>_qps_1000_c_16_1024_nomixer_both": the rate, and whether a mesh was there at all.
void read_label(Run& run) {
  const auto parts = base::split(run.name, '_');
  for (std::size_t i = 0; i + 1 < parts.size(); ++i)
    if (parts[i] == "qps" && !run.setup.requested_qps)
      run.setup.requested_qps = base::parse_double(parts[i + 1]);
  if (parts.back() != "base" && parts.back() != "baseline") run.mesh.type = "istio";
  if (run.setup.requested_qps.value_or(0) >= kUnthrottled) {
    run.setup.requested_qps.reset();
    run.setup.unthrottled = true;
  }
}

// An empty cell and "-" mean that the value is missing.
doc::Value row_of(const std::vector<std::string_view>& header,
                  const std::vector<std::string_view>& cells, doc::Position position) {
  doc::Value::Map members;
  for (std::size_t i = 0; i < header.size(); ++i) {
    doc::Value value = cells[i].empty() || cells[i] == "-" ? doc::Value() : doc::Value(cells[i]);
    value.set_position(position);
    members.push_back({std::string(header[i]), std::move(value), position});
  }
  doc::Value row(std::move(members));
  row.set_position(position);
  return row;
}

}  // namespace

bool is_istio_row(const doc::Value& root) {
  return root.find("Labels") != nullptr && root.find("NumThreads") != nullptr &&
         root.find("p50") != nullptr && root.find("DurationHistogram") == nullptr;
}

base::Result<Run> read_istio_row(const doc::Document& document) {
  const doc::Value& row = document.root;
  Fields in(document);
  Run run;
  run.name = in.text(row, "Labels");
  run.setup.load_generator = "fortio";
  run.setup.connections = in.whole(row, "NumThreads");
  run.setup.requested_qps = in.number(row, "RequestedQPS");
  run.setup.loop = Loop::closed;
  run.setup.omission = Omission::uncorrected;
  read_label(run);
  run.started = in.time(row, "StartTime");
  if (const auto seconds = in.number(row, "ActualDuration"))
    run.ended = later(run.started, from_seconds(*seconds).value_or(base::Nanoseconds{0}));
  run.actual_qps = in.number(row, "ActualQPS");
  run.latency.min_ms = in.number(row, "min", kMsPerUs);
  run.latency.max_ms = in.number(row, "max", kMsPerUs);
  const std::pair<double, const char*> percentiles[] = {
      {50, "p50"}, {75, "p75"}, {90, "p90"}, {99, "p99"}, {99.9, "p999"}};
  for (const auto& [percentile, key] : percentiles)
    if (const auto value = in.number(row, key, kMsPerUs))
      run.latency.percentiles_ms[percentile] = *value;
  if (const auto failed = in.number(row, "errorPercent"); failed.value_or(0) > 0)
    run.warnings.push_back("some requests failed; the report states their share only");
  read_resources(in, row, run);
  WEFT_CHECK(in.status());
  return run;
}

bool is_istio_csv(std::string_view text) { return text.starts_with(kCsvHeader); }

base::Result<std::vector<Run>> read_istio_csv(const doc::Source& source) {
  const auto shared = std::make_shared<const doc::Source>(source);
  std::vector<Run> runs;
  Lines lines(source);
  lines.next();
  const auto header = base::split(lines.line(), ',');
  for (std::uint32_t number = 2; lines.next(); ++number) {
    if (lines.line().empty()) continue;
    const auto cells = base::split(lines.line(), ',');
    if (cells.size() != header.size())
      return lines.error("this row has " + base::plural(cells.size(), "column") +
                         " and the header has " + std::to_string(header.size()));
    WEFT_TRY(run, read_istio_row({row_of(header, cells, {number, 1}), shared}));
    runs.push_back(std::move(run));
  }
  if (runs.empty()) return lines.error("the report has no rows");
  return runs;
}

}  // namespace weft::smp
