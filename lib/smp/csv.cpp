#include "lib/smp/csv.h"

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/smp/facts.h"

namespace weft::smp {

namespace {

template <typename T>
std::string known(const std::optional<T>& value) {
  return value ? fmt::format("{}", *value) : std::string();
}

std::string time(const std::optional<base::WallTime>& value) {
  return value ? base::format_rfc3339(*value) : std::string();
}

template <int per_mille>
std::string percentile(const Run& run) {
  return known(run.latency.percentile_ms(per_mille / 10.0));
}

template <int per_mille>
std::string service_percentile(const Run& run) {
  return known(run.service_time.percentile_ms(per_mille / 10.0));
}

std::string elapsed_s(const Run& run) {
  if (!run.started || !run.ended) return {};
  const auto elapsed = between(*run.started, *run.ended);
  return elapsed ? fmt::format("{}", std::chrono::duration<double>(*elapsed).count()) : "";
}

std::string url(const Run& run) {
  return run.setup.urls.empty() ? "" : without_credentials(run.setup.urls.front());
}

std::string requested(const Run& run) {
  return run.setup.unthrottled ? "max" : known(run.setup.requested_qps);
}

std::string omission(const Run& run) {
  switch (run.setup.omission) {
    case Omission::corrected:
      return "corrected";
    case Omission::uncorrected:
      return "uncorrected";
    case Omission::unknown:
      break;
  }
  return {};
}

std::string labels(const Run& run) {
  std::string text;
  for (const auto& [key, value] : run.labels)
    text.append(text.empty() ? "" : " ").append(key).append("=").append(value);
  return text;
}

constexpr CsvColumn kColumns[] = {
    {"id", "id of the run", [](const Run& run) { return run.id; }},
    {"name", "name of the run", [](const Run& run) { return run.name; }},
    {"started", "start in UTC, RFC 3339", [](const Run& run) { return time(run.started); }},
    {"ended", "end in UTC, RFC 3339", [](const Run& run) { return time(run.ended); }},
    {"elapsed_s", "seconds from start to end", elapsed_s},
    {"load_generator", "what made the load",
     [](const Run& run) { return run.setup.load_generator; }},
    {"load_generator_version", "its version",
     [](const Run& run) { return run.setup.load_generator_version; }},
    {"url", "first target, without credentials", url},
    {"protocol", "http/1.1, h2, grpc, tcp or udp",
     [](const Run& run) { return run.setup.protocol; }},
    {"connections", "connections", [](const Run& run) { return known(run.setup.connections); }},
    {"requested_qps", "requests per second asked for, or max", requested},
    {"actual_qps", "requests per second reached",
     [](const Run& run) { return known(run.actual_qps); }},
    {"completed", "requests with a whole answer",
     [](const Run& run) { return known(run.counts.completed); }},
    {"errors", "failed requests, bad statuses included",
     [](const Run& run) { return fmt::format("{}", run.counts.error_total()); }},
    {"error_ratio", "errors over attempts, 0 to 1",
     [](const Run& run) { return known(run.counts.error_ratio()); }},
    {"min_ms", "smallest latency", [](const Run& run) { return known(run.latency.min_ms); }},
    {"mean_ms", "mean latency", [](const Run& run) { return known(run.latency.mean_ms); }},
    {"stddev_ms", "standard deviation of the latency",
     [](const Run& run) { return known(run.latency.stddev_ms); }},
    {"p50_ms", "median latency", percentile<500>},
    {"p75_ms", "75th percentile of the latency", percentile<750>},
    {"p90_ms", "90th percentile of the latency", percentile<900>},
    {"p95_ms", "95th percentile of the latency", percentile<950>},
    {"p99_ms", "99th percentile of the latency", percentile<990>},
    {"p999_ms", "99.9th percentile of the latency", percentile<999>},
    {"max_ms", "largest latency", [](const Run& run) { return known(run.latency.max_ms); }},
    {"service_p50_ms", "median time from the real send", service_percentile<500>},
    {"service_p99_ms", "99th percentile from the real send", service_percentile<990>},
    {"bytes_received", "bytes received",
     [](const Run& run) { return known(run.counts.bytes_received); }},
    {"bytes_sent", "bytes sent", [](const Run& run) { return known(run.counts.bytes_sent); }},
    {"coordinated_omission", "corrected, uncorrected or empty", omission},
    {"mesh", "type of the mesh", [](const Run& run) { return run.mesh.type; }},
    {"mesh_version", "version of the mesh", [](const Run& run) { return run.mesh.version; }},
    {"labels", "labels as key=value, separated by spaces", labels},
};

std::string quoted(std::string text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? "\"\"" : std::string(1, c);
  return result + "\"";
}

}  // namespace

std::span<const CsvColumn> csv_columns() { return kColumns; }

std::string write_csv(std::span<const Run> runs) {
  std::string text;
  for (const CsvColumn& column : kColumns)
    text += (text.empty() ? "" : ",") + std::string(column.name);
  text += "\r\n";
  for (const Run& run : runs) {
    for (const CsvColumn& column : kColumns)
      text += (&column == kColumns ? "" : ",") + quoted(column.cell(run));
    text += "\r\n";
  }
  return text;
}

}  // namespace weft::smp
