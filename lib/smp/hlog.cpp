#include "lib/smp/hlog.h"

#include <cmath>
#include <map>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/stats/hdr.h"

namespace weft::smp {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr std::string_view kColumns =
    "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"";
constexpr std::string_view kVersion = "#[Histogram log format version ";
constexpr double kNsPerMs = 1e6;
constexpr double kYear = 365.0 * 24 * 3600;
constexpr double kMostSeconds = 9e9;
constexpr std::size_t kMostLines = 1'000'000;

double seconds_of(base::WallTime time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

base::WallTime time_of(double seconds) {
  return base::WallTime(base::Nanoseconds(std::llround(seconds * 1e9)));
}

// The number after "#[StartTime: ".
std::optional<double> stamp_of(std::string_view line, std::string_view name) {
  const std::string head = fmt::format("#[{}: ", name);
  if (!line.starts_with(head)) return std::nullopt;
  line.remove_prefix(head.size());
  const auto end = line.find_first_of(" ]");
  const auto value = base::parse_double(line.substr(0, end));
  return value && *value >= 0 && *value < kMostSeconds ? value : std::nullopt;
}

struct Log {
  std::optional<double> start, base;
  std::map<std::string, std::vector<stats::Interval>> tags;
  std::optional<double> first;  // stamp
};

std::optional<double> column(std::string_view text) {
  const auto value = base::parse_double(base::trim(text));
  return value && std::isfinite(*value) && *value >= 0 && *value < kMostSeconds ? value
                                                                                : std::nullopt;
}

// What is wrong with the line; empty when nothing is.
Result<void> read_line(std::string_view line, Log& log) {
  const auto wrong = [](std::string why) { return Error{ExitCode::input, std::move(why)}; };
  std::string tag;
  if (line.starts_with("Tag=")) {
    const auto comma = line.find(',');
    if (comma == std::string_view::npos) return wrong("a tag without an interval");
    tag = std::string(line.substr(4, comma - 4));
    line.remove_prefix(comma + 1);
  }
  const auto columns = base::split(line, ',');
  if (columns.size() != 4) return wrong("an interval has four columns");
  const auto start = column(columns[0]), length = column(columns[1]);
  if (!start || !length) return wrong("start and length of an interval are seconds");
  WEFT_TRY(histogram, stats::hdr_decode_sparse(base::trim(columns[3])));
  if (!log.first) log.first = *start;
  stats::Interval interval{.start_s = *start, .duration_s = *length};
  interval.planned = interval.completed = histogram.count;
  interval.latency = std::move(histogram);
  log.tags[tag].push_back(std::move(interval));
  return {};
}

// What the stamps count from, in seconds since 1970.
double base_of(const Log& log) {
  if (log.base) return *log.base;
  const double start = log.start.value_or(0);
  return log.first.value_or(0) < start - kYear ? start : 0;
}

Run run_of(const std::string& tag, std::vector<stats::Interval> intervals, double base) {
  Run run;
  if (!tag.empty()) run.labels["tag"] = tag;
  const double begin = intervals.front().start_s;
  double end = begin;
  stats::Histogram all;
  for (stats::Interval& interval : intervals) {
    end = std::max(end, interval.start_s + interval.duration_s);
    interval.start_s -= begin;
    all.merge(interval.latency);
  }
  run.started = time_of(base + begin);
  run.ended = time_of(base + end);
  run.counts.completed = all.count();
  if (end > begin) run.actual_qps = static_cast<double>(all.count()) / (end - begin);
  run.latency = Distribution::of(std::move(all));
  run.intervals = std::move(intervals);
  return run;
}

}  // namespace

Result<std::string> write_hlog(const Run& run) {
  if (!run.started || run.intervals.empty())
    return Error{ExitCode::input, "the run has no slices of time, of which an interval log is made",
                 "a run that weft has measured has them"};
  std::string text = fmt::format("{}1.3]\n#[Logged with weft; values are nanoseconds]\n", kVersion);
  text += fmt::format("#[StartTime: {:.3f} (seconds since epoch), {}]\n{}\n",
                      seconds_of(*run.started), base::format_rfc3339(*run.started), kColumns);
  for (const stats::Interval& one : run.intervals)
    text += fmt::format("{:.3f},{:.3f},{:.3f},{}\n", one.start_s, one.duration_s,
                        static_cast<double>(one.latency.max) / kNsPerMs,
                        stats::hdr_encode(one.latency));
  return text;
}

bool is_hlog(std::string_view text) {
  return text.starts_with(kVersion) || text.starts_with("#[StartTime: ") ||
         text.starts_with("\"StartTimestamp\",");
}

Result<std::vector<Run>> read_hlog(const doc::Source& source) {
  Log log;
  std::uint32_t number = 0;
  for (const std::string_view raw : base::split(source.text(), '\n')) {
    const std::string_view line = base::trim(raw);
    if (++number > kMostLines)
      return Error{ExitCode::input, "the log has more than a million lines", "split it"}.at(
          source.where({number, 1}));
    if (const auto stamp = stamp_of(line, "StartTime")) log.start = stamp;
    if (const auto stamp = stamp_of(line, "BaseTime")) log.base = stamp;
    if (line.empty() || line.starts_with('#') || line.starts_with('"')) continue;
    if (auto read = read_line(line, log); !read.ok())
      return std::move(read).error().at(source.where({number, 1}));
  }
  if (log.tags.empty())
    return Error{ExitCode::input, "the log has no intervals"}.at({source.name(), 0, 0, {}});
  std::vector<Run> runs;
  const double base = base_of(log);
  for (auto& [tag, intervals] : log.tags) runs.push_back(run_of(tag, std::move(intervals), base));
  return runs;
}

}  // namespace weft::smp
