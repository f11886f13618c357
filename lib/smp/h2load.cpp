#include "lib/smp/h2load.h"

#include <algorithm>

#include "lib/base/text.h"
#include "lib/smp/facts.h"
#include "lib/smp/fields.h"
#include "lib/smp/lines.h"

namespace weft::smp {

namespace {

Run h2load_run() {
  Run run;
  run.setup.load_generator = "h2load";
  run.setup.loop = Loop::closed;
  run.setup.omission = Omission::uncorrected;
  return run;
}

// "300 total, 300 started, 2 failed" by the word that follows each number.
std::optional<std::uint64_t> counted(std::string_view list, std::string_view word) {
  for (const auto& part : base::split(list, ',')) {
    const auto pair = words(part);
    if (pair.size() >= 2 && pair[1] == word) return base::parse_uint(pair[0]);
  }
  return std::nullopt;
}

// "0 2xx, 0 3xx, 0 4xx, 65658 5xx"
void read_statuses(std::string_view list, Counts& counts) {
  std::uint64_t completed = 0;
  for (const char* status : {"2xx", "3xx", "4xx", "5xx"}) {
    const std::uint64_t answers = counted(list, status).value_or(0);
    add_http_status(counts, status, answers);
    completed += answers;
  }
  counts.completed = completed;
}

// Timeouts are among the errored requests.
void add_failures(Counts& counts, std::uint64_t errored, std::uint64_t timeouts) {
  add_error(counts, "timeout", timeouts);
  add_error(counts, "protocol", errored - std::min(errored, timeouts));
}

// min max mean sd, or min max median p95 p99 mean sd; each ends with the share within one sd.
void read_row(std::string_view row, Distribution& latency) {
  const auto cells = words(row);
  const bool percentiles = cells.size() >= 8;
  if (cells.size() < 5) return;
  latency.min_ms = time_ms(cells[0]);
  latency.max_ms = time_ms(cells[1]);
  latency.mean_ms = time_ms(cells[percentiles ? 5 : 2]);
  latency.stddev_ms = time_ms(cells[percentiles ? 6 : 3]);
  const std::pair<double, std::size_t> columns[] = {{50, 2}, {95, 3}, {99, 4}};
  for (const auto& [percentile, column] : columns)
    if (const auto value = percentiles ? time_ms(cells[column]) : std::nullopt)
      latency.percentiles_ms[percentile] = *value;
}

// "spawning thread #0: 3 total client(s). 300 total requests"
void read_thread(std::string_view line, Setup& setup) {
  const auto parts = words(line);
  if (parts.size() < 4 || parts[2] != "total") return;
  const auto clients = base::parse_int(parts[1]);
  if (!clients || *clients < 0 || *clients > 1'000'000'000) return;
  setup.connections = setup.connections.value_or(0) + *clients;
  setup.threads = setup.threads.value_or(0) + 1;
}

// The JSON states p95 and p99 but not p90; its samples may be a part of all requests.
std::optional<double> sampled_p90(Fields& in, const doc::Value& list) {
  std::vector<double> samples;
  if (!list.is_list()) return std::nullopt;
  for (const doc::Value& sample : list.items())
    if (const auto value = in.number_of(sample, "samples")) samples.push_back(*value);
  if (samples.empty()) return std::nullopt;
  const auto rank = samples.begin() + static_cast<std::ptrdiff_t>((samples.size() - 1) * 9 / 10);
  std::nth_element(samples.begin(), rank, samples.end());
  return *rank;
}

std::string protocol_of(std::string_view name) {
  return name == "h2c" ? "h2" : std::string(name.substr(0, 16));
}

}  // namespace

bool is_h2load_text(std::string_view text) {
  return text.find("finished in ") != std::string_view::npos &&
         text.find("status codes: ") != std::string_view::npos;
}

base::Result<Run> read_h2load_text(const doc::Source& source) {
  Run run = h2load_run();
  Lines lines(source);
  while (lines.next()) {
    const std::string_view line = lines.line();
    if (const auto thread = after(line, "spawning thread ")) {
      read_thread(*thread, run.setup);
    } else if (const auto protocol = after(line, "Application protocol:")) {
      run.setup.protocol = protocol_of(*protocol);
    } else if (const auto finished = after(line, "finished in ")) {
      const auto parts = words(*finished);
      if (parts.size() > 1) run.actual_qps = base::parse_double(parts[1]);
    } else if (const auto requests = after(line, "requests:")) {
      add_failures(run.counts, counted(*requests, "errored").value_or(0),
                   counted(*requests, "timeout").value_or(0));
    } else if (const auto statuses = after(line, "status codes:")) {
      read_statuses(*statuses, run.counts);
    } else if (const auto traffic = after(line, "traffic:")) {
      const std::size_t open = traffic->find('(');
      if (open != std::string_view::npos)
        run.counts.bytes_received =
            base::parse_uint(traffic->substr(open + 1, traffic->find(')') - open - 1));
    } else if (const auto row = after(line, "time for request:")) {
      read_row(*row, run.latency);
    } else if (const auto new_row = after(line, "request  ")) {
      read_row(new_row->starts_with(':') ? new_row->substr(1) : *new_row, run.latency);
    }
  }
  if (!run.actual_qps || !run.latency.mean_ms)
    return lines.error("the output of h2load has no row of request times",
                       "keep the whole output of h2load");
  run.latency.count = run.counts.completed;
  if (run.latency.percentiles_ms.empty())
    run.warnings.push_back(
        "this h2load prints no percentiles; its --log-file holds every request and can be read");
  return run;
}

bool is_h2load_log(std::string_view text) {
  const auto cells = base::split(text.substr(0, std::min(text.find('\n'), text.size())), '\t');
  return cells.size() >= 3 && base::parse_uint(cells[0]).value_or(0) > 1'000'000'000'000 &&
         base::parse_int(cells[1]) && base::parse_uint(base::trim(cells[2]));
}

base::Result<Run> read_h2load_log(const doc::Source& source) {
  constexpr std::uint64_t kLatestUs = 9'000'000'000'000'000;  // year 2255
  constexpr std::uint64_t kLongestUs = 1'000'000'000'000;     // 11 days
  Run run = h2load_run();
  stats::Histogram histogram;
  std::uint64_t first = UINT64_MAX, last = 0;
  Lines lines(source);
  while (lines.next()) {
    if (lines.line().empty()) continue;
    const auto cells = base::split(lines.line(), '\t');
    const auto start = base::parse_uint(cells[0]);
    const auto status = cells.size() > 2 ? base::parse_int(cells[1]) : std::nullopt;
    const auto took = cells.size() > 2 ? base::parse_uint(cells[2]) : std::nullopt;
    if (!start || !status || !took || *start > kLatestUs || *took > kLongestUs)
      return lines.error("this row of the h2load log is not start, status and duration",
                         "the file may be cut off; remove the row");
    first = std::min(first, *start);
    last = std::max(last, *start + *took);
    if (*status < 0) {
      add_error(run.counts, "protocol", 1);
    } else {
      add_http_status(run.counts, std::string(cells[1]), 1);
      histogram.record(*took * 1000);
    }
  }
  run.counts.completed = histogram.count();
  run.started = base::WallTime(std::chrono::microseconds(first));
  run.ended = base::WallTime(std::chrono::microseconds(last));
  if (last > first)
    run.actual_qps =
        static_cast<double>(histogram.count()) * 1e6 / static_cast<double>(last - first);
  run.latency = Distribution::of(std::move(histogram));
  return run;
}

bool is_h2load_json(const doc::Value& root) {
  return Fields::at(Fields::at(root, "measurements"), "performance").is_map();
}

base::Result<Run> read_h2load_json(const doc::Document& document) {
  constexpr double kMsPerSecond = 1000;
  Fields in(document);
  Run run = h2load_run();
  const doc::Value& measured = in.map(document.root, "measurements");
  run.actual_qps = in.number(measured, "request_per_second");
  const doc::Value& requests = in.map(measured, "requests");
  add_failures(run.counts, in.count(requests, "errored").value_or(0),
               in.count(requests, "timeout").value_or(0));
  const doc::Value& statuses = in.map(measured, "status_codes");
  if (statuses.is_map()) {
    std::uint64_t completed = 0;
    for (const doc::Member& status : statuses.members()) {
      const std::uint64_t answers = in.count_of(status.value, status.key).value_or(0);
      if (__builtin_add_overflow(completed, answers, &completed))
        in.fail(status.value, "the status codes are too large to add up");
      add_http_status(run.counts, status.key, answers);
    }
    run.counts.completed = completed;
  }
  run.counts.bytes_received = in.count(in.map(measured, "traffic"), "total");
  const doc::Value& times = in.map(in.map(measured, "performance"), "request");
  run.latency.count = run.counts.completed;
  run.latency.min_ms = in.number(times, "min", kMsPerSecond);
  run.latency.mean_ms = in.number(times, "mean", kMsPerSecond);
  run.latency.max_ms = in.number(times, "max", kMsPerSecond);
  run.latency.stddev_ms = in.number(times, "sd", kMsPerSecond);
  const std::pair<double, const char*> percentiles[] = {{50, "median"}, {95, "p95"}, {99, "p99"}};
  for (const auto& [percentile, key] : percentiles)
    if (const auto value = in.number(times, key, kMsPerSecond))
      run.latency.percentiles_ms[percentile] = *value;
  if (const auto p90 = sampled_p90(in, in.list(times, "samples")))
    run.latency.percentiles_ms[90] = *p90 * kMsPerSecond;
  WEFT_CHECK(in.status());
  return run;
}

}  // namespace weft::smp
