#include "lib/perf/rate.h"

#include <algorithm>
#include <cmath>

#include "lib/base/format.h"
#include "lib/base/text.h"

namespace weft::perf {
namespace {

using base::Error;
using base::ExitCode;
using base::Nanoseconds;
using base::Result;

constexpr double kMaxQps = 10e6;
constexpr std::size_t kMaxStages = 10'000;
constexpr double kMaxTraceSeconds = 30 * 86'400;
constexpr std::string_view kWave = "sine:";

Error not_a_rate(std::string_view text) {
  return {ExitCode::usage, fmt::format("'{}' is not a rate", text),
          "--qps max, 1000, 100..1000 (a ramp), 100,200,400 (steps), 50@1m,500@10s (stages) or "
          "sine:100..500/30s (a wave)"};
}

// "100" or "100..1000".
bool read_range(std::string_view text, RateStage& stage) {
  const auto dots = text.find("..");
  const auto from = base::parse_double(text.substr(0, dots));
  const auto to = dots == std::string_view::npos ? from : base::parse_double(text.substr(dots + 2));
  const auto fits = [](const std::optional<double>& rate) {
    return rate && *rate >= 0 && *rate <= kMaxQps;
  };
  if (!fits(from) || !fits(to)) return false;
  stage.from = *from;
  stage.to = *to;
  return true;
}

std::optional<Nanoseconds> read_length(std::string_view text) {
  const auto length = base::parse_duration(text);
  if (!length.ok() || *length <= Nanoseconds(0)) return std::nullopt;
  return *length;
}

Result<Rate> parse_wave(std::string_view text) {
  const std::string_view body = text.substr(kWave.size());
  const auto slash = body.find('/');
  RateStage range;
  if (slash == std::string_view::npos || !read_range(body.substr(0, slash), range) ||
      range.from >= range.to)
    return not_a_rate(text);
  const auto period = read_length(body.substr(slash + 1));
  if (!period || *period < std::chrono::milliseconds(1)) return not_a_rate(text);
  Rate rate{.endless = true, .text = std::string(text)};
  for (const load::Stage& stage : load::wave(range.from, range.to, *period))
    rate.stages.push_back({stage.from, stage.to, stage.length});
  return rate;
}

// What stages with a length leave of the run, for each of the others.
Result<Nanoseconds> length_of_others(const Rate& rate, Nanoseconds whole) {
  Nanoseconds rest = whole;
  int others = 0;
  for (const RateStage& stage : rate.stages) {
    rest -= stage.length.value_or(Nanoseconds(0));
    others += stage.length ? 0 : 1;
  }
  if (others == 0) return Nanoseconds(0);
  if (rest / others <= Nanoseconds(0))
    return Error{ExitCode::usage,
                 fmt::format("the stages of {} leave nothing of {} to those without a length",
                             rate.text, base::format_duration(whole)),
                 "raise --duration, or give every stage its length, as in 100@10s"};
  return rest / others;
}

}  // namespace

Result<Rate> parse_rate(std::string_view text) {
  if (text == "max") return Rate{};
  if (const auto qps = base::parse_double(text)) {
    if (*qps <= 0 || *qps > kMaxQps) return not_a_rate(text);
    return Rate{.qps = *qps};
  }
  if (text.starts_with(kWave)) return parse_wave(text);
  Rate rate{.text = std::string(text)};
  for (const std::string_view part : base::split(text, ',')) {
    const auto at = part.find('@');
    RateStage stage;
    if (!read_range(part.substr(0, at), stage) || rate.stages.size() == kMaxStages)
      return not_a_rate(text);
    if (at != std::string_view::npos) {
      stage.length = read_length(part.substr(at + 1));
      if (!stage.length) return not_a_rate(text);
    }
    rate.stages.push_back(stage);
  }
  const bool sends = std::ranges::any_of(
      rate.stages, [](const RateStage& stage) { return stage.from > 0 || stage.to > 0; });
  if (!sends) return not_a_rate(text);
  return rate;
}

Result<void> set_pace(const Rate& rate, load::Plan& plan) {
  plan.qps = rate.qps;
  if (rate.stages.empty()) return {};
  const auto has_length = [](const RateStage& stage) { return stage.length.has_value(); };
  if (!plan.duration) {
    if (plan.requests && !std::ranges::all_of(rate.stages, has_length))
      return Error{ExitCode::usage, fmt::format("{} needs to know how long the run is", rate.text),
                   "add --duration 1m"};
    Nanoseconds sum{0};
    for (const RateStage& stage : rate.stages) sum += stage.length.value_or(Nanoseconds(0));
    const bool whole = !rate.endless && std::ranges::all_of(rate.stages, has_length);
    plan.duration = whole ? sum : kDefaultDuration;
  }
  WEFT_TRY(others, length_of_others(rate, *plan.duration));
  std::vector<load::Stage> stages;
  stages.reserve(rate.stages.size());
  for (const RateStage& stage : rate.stages)
    stages.push_back({stage.from, stage.to, stage.length.value_or(others)});
  plan.pace = load::Pace(stages, rate.text);
  const auto length = static_cast<double>(plan.duration->count());
  plan.qps = plan.pace.expected(length) / length * 1e9;
  return {};
}

Result<std::vector<std::uint64_t>> parse_trace(std::string_view text, std::string_view name) {
  std::vector<std::uint64_t> times;
  std::size_t number = 0;
  for (std::string_view line : base::split(text, '\n')) {
    ++number;
    line = base::trim(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    const auto seconds = base::parse_double(line);
    const auto wrong = [&](std::string_view why) {
      return Error{ExitCode::input, fmt::format("{}:{}: {}", name, number, why),
                   "write seconds from the start, one a line, ascending: 0.25"};
    };
    if (!seconds || *seconds < 0 || *seconds > kMaxTraceSeconds)
      return wrong(fmt::format("'{}' is not a time of 0 to 30 days", line));
    const auto ns = static_cast<std::uint64_t>(std::llround(*seconds * 1e9));
    if (!times.empty() && ns < times.back()) return wrong("the time before is later");
    times.push_back(ns);
  }
  if (times.empty())
    return Error{ExitCode::input, fmt::format("{} has no times", name),
                 "write seconds from the start, one a line"};
  return times;
}

void set_trace(std::vector<std::uint64_t> times, load::Plan& plan) {
  constexpr std::uint64_t kMillisecond = 1'000'000;
  const auto end = Nanoseconds((times.back() / kMillisecond + 1) * kMillisecond);
  if (!plan.duration) plan.duration = end;
  plan.qps = static_cast<double>(times.size()) * 1e9 / static_cast<double>(end.count());
  plan.trace = std::move(times);
}

}  // namespace weft::perf
