#include "lib/smp/wrk.h"

#include <cmath>

#include "lib/base/text.h"
#include "lib/smp/facts.h"
#include "lib/smp/lines.h"

namespace weft::smp {

namespace {

enum class Section { summary, distribution, spectrum };

struct State {
  std::vector<Run> runs;
  Section section = Section::summary;
  bool uncorrected = false;   // inside what -U adds
  bool complete = false;      // the current run has its last lines
  std::uint64_t counted = 0;  // of the spectrum, cumulative

  Run& run() { return runs.back(); }
  Distribution& target() { return uncorrected ? run().service_time : run().latency; }
};

base::Error cut_off(const Lines& lines) {
  return lines.error("the output of wrk ends before its \"Requests/sec\" line",
                     "keep the whole output of wrk");
}

void mark_wrk2(Setup& setup) {
  setup.load_generator = "wrk2";
  setup.loop = Loop::open;
  setup.omission = Omission::corrected;
}

// "10s test @ http://127.0.0.1:8080/"
void start_run(std::string_view rest, State& state) {
  state.runs.emplace_back();
  state.section = Section::summary;
  state.uncorrected = state.complete = false;
  Setup& setup = state.run().setup;
  setup.load_generator = "wrk";
  setup.protocol = "http/1.1";
  setup.loop = Loop::closed;
  setup.unthrottled = true;
  setup.omission = Omission::uncorrected;
  if (const std::size_t at = rest.find(" @ "); at != std::string_view::npos)
    setup.urls.push_back(without_credentials(base::trim(rest.substr(at + 3))));
  if (const auto length = time_ms(rest.substr(0, rest.find(' '))); length && *length < 9e12)
    setup.duration = base::Nanoseconds(std::llround(*length * 1e6));
}

bool read_setup_line(std::string_view line, Run& run) {
  const auto parts = words(line);
  if (parts.size() != 5 || parts[1] != "threads" || parts[4] != "connections") return false;
  run.setup.threads = base::parse_int(parts[0]);
  run.setup.connections = base::parse_int(parts[3]);
  return true;
}

// "Latency   635.91us    0.89ms  12.92ms   93.69%"; an HdrHistogram later knows better.
bool read_latency_row(std::string_view line, Distribution& latency) {
  const auto parts = words(line);
  if (parts.size() != 5 || parts[0] != "Latency") return false;
  latency.mean_ms = time_ms(parts[1]);
  latency.stddev_ms = time_ms(parts[2]);
  latency.max_ms = time_ms(parts[3]);
  return true;
}

// "connect 0, read 0, write 0, timeout 5"
bool read_socket_errors(std::string_view rest, Counts& counts) {
  for (const auto& part : base::split(rest, ',')) {
    const auto pair = words(part);
    const auto errors = pair.size() == 2 ? base::parse_uint(pair[1]) : std::nullopt;
    if (!errors) return false;
    add_error(counts, std::string(pair[0]), *errors);
  }
  return true;
}

// "22464657 requests in 30.00s, 17.76GB read"
bool read_requests(std::string_view line, Run& run) {
  const auto parts = words(line);
  if (parts.size() != 6 || parts[1] != "requests" || parts[5] != "read") return false;
  run.counts.completed = base::parse_uint(parts[0]);
  run.counts.bytes_received = binary_size(parts[4]);
  if (!run.latency.count) run.latency.count = run.counts.completed;
  return run.counts.completed.has_value();
}

// " 99.000%    1.23ms"
bool read_percentile(std::string_view line, Distribution& distribution) {
  const auto parts = words(line);
  if (parts.size() != 2 || !parts[0].ends_with('%')) return false;
  const auto percentile = base::parse_double(parts[0].substr(0, parts[0].size() - 1));
  const auto value = time_ms(parts[1]);
  if (percentile && *percentile >= 0 && *percentile <= 100 && value)
    distribution.percentiles_ms[*percentile] = *value;
  return true;
}

// "     0.330     0.100000          412         1.11": value in ms, percentile, count so far.
bool read_spectrum_row(std::string_view line, State& state) {
  const auto parts = words(line);
  if (parts.size() != 4) return false;
  const auto value = base::parse_double(parts[0]);
  const auto count = base::parse_uint(parts[2]);
  Distribution& target = state.target();
  if (!value || *value < 0 || !count || *count < state.counted) return false;
  if (!target.min_ms) target.min_ms = *value;
  const double start = target.buckets.empty() ? *target.min_ms : target.buckets.back().end_ms;
  if (*value < start) return false;
  if (*count > state.counted) target.buckets.push_back({start, *value, *count - state.counted});
  state.counted = *count;
  return true;
}

// "#[Mean    =        0.543, StdDeviation   =        0.290]"
void read_footer(std::string_view line, Distribution& target) {
  for (const auto& part : base::split(line.substr(2, line.find(']') - 2), ',')) {
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    const auto name = base::trim(part.substr(0, equals));
    const auto value = base::trim(part.substr(equals + 1));
    if (name == "Mean") target.mean_ms = base::parse_double(value);
    if (name == "StdDeviation") target.stddev_ms = base::parse_double(value);
    if (name == "Max") target.max_ms = base::parse_double(value);
    if (name == "Total count") target.count = base::parse_uint(value);
  }
}

void enter_distribution(std::string_view line, State& state) {
  state.section = Section::distribution;
  state.counted = 0;
  state.uncorrected = line.find("Uncorrected") != std::string_view::npos;
  if (line.find("HdrHistogram") != std::string_view::npos) mark_wrk2(state.run().setup);
}

bool is_spectrum_head(std::string_view line) {
  return line.starts_with("Value") || line.starts_with("-----");
}

base::Result<void> read_line(const Lines& lines, State& state) {
  const std::string_view line = lines.line();
  Run& run = state.run();
  if (line.empty() || is_spectrum_head(line)) return {};
  if (line.starts_with("Thread calibration")) {
    mark_wrk2(run.setup);
  } else if (line.starts_with("Latency Distribution")) {
    enter_distribution(line, state);
  } else if (line.starts_with("Detailed Percentile spectrum")) {
    state.section = Section::spectrum;
  } else if (line.starts_with("#[")) {
    read_footer(line, state.target());
  } else if (const auto errors = after(line, "Socket errors:")) {
    if (!read_socket_errors(*errors, run.counts)) return lines.error("cannot read wrk's errors");
  } else if (const auto bad = after(line, "Non-2xx or 3xx responses:")) {
    const auto answers = base::parse_uint(*bad);
    if (!answers) return lines.error("cannot read wrk's count of bad responses");
    add_error(run.counts, "status", *answers);
  } else if (const auto rate = after(line, "Requests/sec:")) {
    run.actual_qps = base::parse_double(*rate);
    state.complete = true;
  } else if (read_requests(line, run)) {
    state.section = Section::summary;
  } else if (state.section == Section::spectrum) {
    if (!read_spectrum_row(line, state))
      return lines.error("this row of wrk2's percentile spectrum does not fit the ones before it");
  } else if (state.section == Section::distribution) {
    read_percentile(line, state.target());
  } else if (!read_setup_line(line, run)) {
    read_latency_row(line, run.latency);
  }
  return {};
}

void finish(Run& run) {
  if (run.setup.load_generator != "wrk2") return;
  run.setup.unthrottled = false;  // wrk2 always has a rate, and does not print it
  run.warnings.push_back(
      "wrk2 leaves its first 10 s out of the latencies and does not print the requested rate");
}

}  // namespace

bool is_wrk(std::string_view text) {
  const std::size_t running = text.find("Running ");
  return running != std::string_view::npos && text.find(" test @ ", running) < running + 64 &&
         text.find("threads and") != std::string_view::npos;
}

base::Result<std::vector<Run>> read_wrk(const doc::Source& source) {
  State state;
  Lines lines(source);
  while (lines.next()) {
    const auto running = after(lines.line(), "Running ");
    if (running && running->find(" test @ ") != std::string_view::npos) {
      if (!state.runs.empty() && !state.complete) return cut_off(lines);
      start_run(*running, state);
    } else if (!state.runs.empty()) {
      WEFT_CHECK(read_line(lines, state));
    }
  }
  if (!state.complete) return cut_off(lines);
  for (Run& run : state.runs) finish(run);
  return std::move(state.runs);
}

}  // namespace weft::smp
