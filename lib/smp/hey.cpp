#include "lib/smp/hey.h"

#include <algorithm>
#include <cmath>

#include "lib/base/text.h"
#include "lib/smp/facts.h"
#include "lib/smp/lines.h"

namespace weft::smp {

namespace {

constexpr std::string_view kCsvHeader = "response-time,DNS+dialup,DNS,";
constexpr double kMsPerSecond = 1000;

Run hey_run() {
  Run run;
  run.setup.load_generator = "hey";
  run.setup.loop = Loop::closed;
  run.setup.omission = Omission::uncorrected;
  return run;
}

// "0.0520 secs" as milliseconds.
std::optional<double> seconds_as_ms(std::string_view text) {
  const auto parts = words(text);
  const auto seconds = parts.empty() ? std::nullopt : base::parse_double(parts[0]);
  if (!seconds || *seconds < 0) return std::nullopt;
  return *seconds * kMsPerSecond;
}

// "10% in 0.0010 secs", in some builds "10%% in".
void read_percentile(std::string_view line, Distribution& latency) {
  const std::size_t in = line.find("% in ");
  if (in == std::string_view::npos) return;
  const auto percentile = base::parse_double(line.substr(0, line.find('%')));
  const auto value = seconds_as_ms(line.substr(in + 5));
  if (percentile && *percentile > 0 && *percentile <= 100 && value)
    latency.percentiles_ms[*percentile] = *value;
}

// "[200]  190 responses" and "[3]  Get \"http://...\": connection refused".
bool read_bracketed(std::string_view line, bool errors, Run& run) {
  const std::size_t end = line.find(']');
  if (!line.starts_with('[') || end == std::string_view::npos) return false;
  const std::string_view key = line.substr(1, end - 1);
  const auto rest = words(line.substr(end + 1));
  const auto count =
      errors ? base::parse_uint(key) : (rest.empty() ? std::nullopt : base::parse_uint(rest[0]));
  if (!count) return false;
  if (errors) {
    add_error(run.counts, error_class(line.substr(end + 1)), *count);
    return true;
  }
  add_http_status(run.counts, std::string(key), *count);
  std::uint64_t sum = 0;
  if (__builtin_add_overflow(run.counts.completed.value_or(0), *count, &sum)) return false;
  run.counts.completed = sum;
  return true;
}

base::Result<Run> read_text(const doc::Source& source) {
  enum class Section { other, latency, statuses, errors } section = Section::other;
  Run run = hey_run();
  Lines lines(source);
  while (lines.next()) {
    const std::string_view line = lines.line();
    if (line.ends_with(':')) {
      section = line.starts_with("Latency distribution")       ? Section::latency
                : line.starts_with("Status code distribution") ? Section::statuses
                : line.starts_with("Error distribution")       ? Section::errors
                                                               : Section::other;
    } else if (section == Section::latency) {
      read_percentile(line, run.latency);
    } else if (section == Section::statuses || section == Section::errors) {
      if (!line.empty() && !read_bracketed(line, section == Section::errors, run))
        return lines.error("cannot read this line of hey's output");
    } else if (const auto slowest = after(line, "Slowest:")) {
      run.latency.max_ms = seconds_as_ms(*slowest);
    } else if (const auto fastest = after(line, "Fastest:")) {
      run.latency.min_ms = seconds_as_ms(*fastest);
    } else if (const auto average = after(line, "Average:")) {
      run.latency.mean_ms = seconds_as_ms(*average);
    } else if (const auto rate = after(line, "Requests/sec:")) {
      run.actual_qps = base::parse_double(*rate);
    } else if (const auto data = after(line, "Total data:"); data && !words(*data).empty()) {
      run.counts.bytes_received = base::parse_uint(words(*data)[0]);
    }
  }
  if (!run.actual_qps)
    return lines.error("the output of hey has no \"Requests/sec\"", "keep the whole output of hey");
  if (!run.counts.completed) run.counts.completed = 0;
  run.latency.count = run.counts.completed;
  return run;
}

base::Result<Run> read_csv(const doc::Source& source) {
  Run run = hey_run();
  stats::Histogram histogram;
  double end_s = 0;
  Lines lines(source);
  lines.next();
  while (lines.next()) {
    if (lines.line().empty()) continue;
    const auto cells = base::split(lines.line(), ',');
    const auto took = base::parse_double(cells[0]);
    const auto offset = cells.size() > 7 ? base::parse_double(cells[7]) : std::nullopt;
    if (!took || !offset || *took < 0 || *took > 1e6 || *offset < 0)
      return lines.error("this row of hey's CSV is not one of 8 numbers",
                         "the file may be cut off; remove the row");
    histogram.record(static_cast<std::uint64_t>(std::llround(*took * 1e9)));
    add_http_status(run.counts, std::string(cells[6]), 1);
    end_s = std::max(end_s, *offset + *took);
  }
  run.counts.completed = histogram.count();
  if (end_s > 0) run.actual_qps = static_cast<double>(histogram.count()) / end_s;
  run.latency = Distribution::of(std::move(histogram));
  run.warnings.push_back("hey's CSV leaves out failed requests and has a resolution of 0.1 ms");
  return run;
}

}  // namespace

bool is_hey(std::string_view text) {
  if (text.starts_with(kCsvHeader)) return true;
  return text.find("Slowest:") != std::string_view::npos &&
         text.find("Fastest:") != std::string_view::npos &&
         text.find("Requests/sec:") != std::string_view::npos;
}

base::Result<Run> read_hey(const doc::Source& source) {
  return source.text().starts_with(kCsvHeader) ? read_csv(source) : read_text(source);
}

}  // namespace weft::smp
