#include "lib/smp/nighthawk.h"

#include <algorithm>
#include <chrono>

#include "lib/base/text.h"
#include "lib/smp/facts.h"
#include "lib/smp/fields.h"

namespace weft::smp {

namespace {

constexpr std::string_view kLatency = "benchmark_http_client.request_to_response";
constexpr double kShownPercentiles[] = {50, 75, 90, 95, 99, 99.9, 99.99};

std::optional<double> milliseconds(std::optional<base::Nanoseconds> duration) {
  if (!duration) return std::nullopt;
  return static_cast<double>(duration->count()) / 1e6;
}

const doc::Value* named(const doc::Value& list, std::string_view key, std::string_view name) {
  if (!list.is_list()) return nullptr;
  for (const doc::Value& item : list.items())
    if (const doc::Value& value = Fields::at(item, key);
        value.is_string() && value.string() == name)
      return &item;
  return nullptr;
}

struct Tick {
  double percentile = 0;
  double ms = 0;
  std::uint64_t count = 0;  // cumulative
};

std::vector<Tick> read_ticks(Fields& in, const doc::Value& list) {
  std::vector<Tick> ticks;
  if (!list.is_list()) return ticks;
  for (const doc::Value& entry : list.items()) {
    const Tick tick{in.number(entry, "percentile", 100).value_or(0),
                    milliseconds(in.duration(entry, "duration")).value_or(0),
                    in.count(entry, "count").value_or(0)};
    if (!ticks.empty() && (tick.percentile < ticks.back().percentile || tick.ms < ticks.back().ms ||
                           tick.count < ticks.back().count))
      in.fail(entry, "the percentiles of Nighthawk do not ascend");
    ticks.push_back(tick);
  }
  return ticks;
}

Distribution read_statistic(Fields& in, const doc::Value& statistic) {
  Distribution result;
  result.count = in.count(statistic, "count").value_or(0);
  if (result.count == 0) return result;
  result.min_ms = milliseconds(in.duration(statistic, "min"));
  result.mean_ms = milliseconds(in.duration(statistic, "mean"));
  result.max_ms = milliseconds(in.duration(statistic, "max"));
  result.stddev_ms = milliseconds(in.duration(statistic, "pstdev"));
  const auto ticks = read_ticks(in, in.list(statistic, "percentiles"));
  for (const double p : kShownPercentiles) {
    const auto tick = std::find_if(ticks.begin(), ticks.end(),
                                   [p](const Tick& t) { return t.percentile >= p - 1e-9; });
    if (tick != ticks.end()) result.percentiles_ms[p] = tick->ms;
  }
  std::uint64_t before = 0;
  double start = result.min_ms.value_or(0);
  for (const Tick& tick : ticks) {
    if (tick.count == before) continue;
    result.buckets.push_back({std::min(start, tick.ms), tick.ms, tick.count - before});
    before = tick.count;
    start = tick.ms;
  }
  return result;
}

// Counters by name; very old builds write "client." before it.
std::optional<std::uint64_t> counter(Fields& in, const doc::Value& counters,
                                     const std::string& name) {
  const doc::Value* entry = named(counters, "name", name);
  if (entry == nullptr) entry = named(counters, "name", "client." + name);
  if (entry == nullptr) return std::nullopt;
  return in.count(*entry, "value").value_or(0);
}

void read_counters(Fields& in, const doc::Value& counters, Run& run) {
  Counts& counts = run.counts;
  for (const char* status : {"1xx", "2xx", "3xx", "4xx", "5xx", "xxx"}) {
    const auto answers = counter(in, counters, std::string("benchmark.http_") + status);
    if (!answers) continue;
    add_http_status(counts, status, *answers);
    std::uint64_t sum = 0;
    if (__builtin_add_overflow(counts.completed.value_or(0), *answers, &sum))
      in.fail(counters, "the counters of Nighthawk are too large to add up");
    counts.completed = sum;
  }
  const std::pair<const char*, const char*> failures[] = {
      {"benchmark.stream_resets", "reset"},
      {"benchmark.pool_connection_failure", "connect"},
      {"benchmark.pool_overflow", "pool_overflow"}};
  for (const auto& [name, error] : failures)
    add_error(counts, error, counter(in, counters, name).value_or(0));
  counts.bytes_received = counter(in, counters, "upstream_cx_rx_bytes_total");
  counts.bytes_sent = counter(in, counters, "upstream_cx_tx_bytes_total");
}

std::string protocol_of(Fields& in, const doc::Value& options) {
  if (in.flag(options, "h2").value_or(false)) return "h2";
  const doc::Value& wrapped = Fields::at(options, "protocol");
  const std::string name =
      base::lower(wrapped.is_map() ? in.text(wrapped, "value") : in.text(options, "protocol"));
  if (name == "http2") return "h2";
  if (name == "http3") return "h3";
  return "http/1.1";
}

// Rate and connections are per worker.
void read_setup(Fields& in, const doc::Value& options, std::int64_t workers, Setup& setup) {
  setup.load_generator = "nighthawk";
  if (const auto uri = in.text(options, "uri"); !uri.empty())
    setup.urls.push_back(without_credentials(uri));
  setup.protocol = protocol_of(in, options);
  setup.threads = workers;
  if (const auto connections = in.whole(options, "connections"); connections.value_or(0) > 0)
    setup.connections = std::min<std::int64_t>(*connections, 1'000'000'000) * workers;
  if (const auto rate = in.number(options, "requests_per_second"); rate.value_or(0) > 0)
    setup.requested_qps = *rate * static_cast<double>(workers);
  setup.duration = in.duration(options, "duration");
  setup.timeout = in.duration(options, "timeout");
  const bool open = in.flag(options, "open_loop").value_or(false);
  setup.loop = open ? Loop::open : Loop::closed;
  setup.omission = open ? Omission::corrected : Omission::uncorrected;
}

std::string version_of(Fields& in, const doc::Value& root) {
  const doc::Value& version = in.map(in.map(root, "version"), "version");
  if (version.is_null()) return {};
  std::string text;
  for (const char* part : {"major_number", "minor_number", "patch"})
    text += (text.empty() ? "" : ".") + std::to_string(in.count(version, part).value_or(0));
  return text;
}

}  // namespace

bool is_nighthawk(const doc::Value& root) {
  const doc::Value* results = root.find("results");
  return results != nullptr && root.find("options") != nullptr &&
         named(*results, "name", "global") != nullptr;
}

base::Result<Run> read_nighthawk(const doc::Document& document) {
  Fields in(document);
  const doc::Value& results = in.list(document.root, "results");
  const doc::Value* global = named(results, "name", "global");
  if (global == nullptr)
    return document.error(results.position(),
                          "the Nighthawk output has no result named \"global\"");
  const doc::Value& statistics = in.list(*global, "statistics");
  const doc::Value* latency = named(statistics, "id", kLatency);
  if (latency == nullptr)
    return document.error(
        statistics.position(),
        "the Nighthawk output has no latencies: the statistic \"" + std::string(kLatency) +
            "\" is missing",
        "run nighthawk_client with --output-format json and keep its whole output");
  Run run;
  const auto workers = static_cast<std::int64_t>(std::max<std::size_t>(results.size(), 2) - 1);
  read_setup(in, in.map(document.root, "options"), workers, run.setup);
  run.setup.load_generator_version = version_of(in, document.root);
  run.latency = read_statistic(in, *latency);
  read_counters(in, in.list(*global, "counters"), run);
  run.started = in.time(*global, "execution_start");
  if (const auto length = in.duration(*global, "execution_duration");
      length && length->count() > 0) {
    run.ended = later(run.started, *length);
    if (const auto sent = counter(in, in.list(*global, "counters"), "upstream_rq_total"))
      run.actual_qps = static_cast<double>(*sent) / std::chrono::duration<double>(*length).count();
  }
  WEFT_CHECK(in.status());
  return run;
}

}  // namespace weft::smp
