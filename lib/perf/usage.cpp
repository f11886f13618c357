#include "lib/perf/usage.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/perf/usage_local.h"
#include "lib/perf/usage_pods.h"
#include "lib/perf/usage_prometheus.h"

namespace weft::perf {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using namespace std::chrono_literals;

constexpr base::Nanoseconds kAgain = 2s;  // where a first reading is waited for

struct KindRow {
  UsageSource::Kind kind;
  std::string_view name;
  base::Nanoseconds every;  // new figures come that often
};
// Looking at pods is a call of kubectl; the metrics server has news every 15 s at best.
constexpr KindRow kKinds[] = {{UsageSource::Kind::pid, "pid", 1s},
                              {UsageSource::Kind::cgroup, "cgroup", 1s},
                              {UsageSource::Kind::pods, "pods", 10s},
                              {UsageSource::Kind::kubelet, "kubelet", 5s},
                              {UsageSource::Kind::prometheus, "prometheus", 10s}};

base::Nanoseconds every(const UsageSource& source) {
  for (const KindRow& row : kKinds)
    if (row.kind == source.kind) return row.every;
  return 1s;
}

Error not_a_source(std::string_view text) {
  return {ExitCode::usage, fmt::format("'{}' does not say where to read resource use", text),
          "dp=pods:shop/app=web/istio-proxy, cp=pods:istio-system/app=istiod, app=pid:1234, "
          "dp=cgroup:system.slice/envoy.service or dp=prometheus:shop/web-.*/istio-proxy"};
}

bool plain(std::string_view text) {  // no quotes or backslashes in a query, no spaces in a path
  return text.find_first_of("\"\\ \n?#") == std::string_view::npos;
}

double seconds(base::Nanoseconds time) { return std::chrono::duration<double>(time).count(); }

// The total at a moment, on the line between its neighbours; the first or last one outside.
double total_at(const std::vector<UsageReading>& readings, base::WallTime at) {
  const UsageReading* before = &readings.front();
  for (const UsageReading& one : readings) {
    if (one.at < at) {
      before = &one;
      continue;
    }
    const double span = seconds(one.at - before->at);
    const double part = span <= 0 ? 0 : std::max(0.0, seconds(at - before->at)) / span;
    return *before->cpu_seconds + part * (*one.cpu_seconds - *before->cpu_seconds);
  }
  return *before->cpu_seconds;
}

// A total that falls is one of other containers than before.
bool falls(const std::vector<UsageReading>& readings) {
  return !std::ranges::is_sorted(readings, {}, &UsageReading::cpu_seconds);
}

}  // namespace

Result<UsageSource> parse_usage(std::string_view text) {
  const auto equals = text.find('='), colon = text.find(':');
  if (equals == std::string_view::npos || colon == std::string_view::npos || colon < equals)
    return not_a_source(text);
  UsageSource source{.text = std::string(text), .part = std::string(text.substr(0, equals))};
  if (source.part != "dp" && source.part != "cp" && source.part != "app") return not_a_source(text);
  const std::string_view kind = text.substr(equals + 1, colon - equals - 1);
  source.target = std::string(text.substr(colon + 1));
  bool known = false;
  for (const KindRow& row : kKinds)
    if (row.name == kind) source.kind = row.kind, known = true;
  if (!known || source.target.empty() || source.target.find("..") != std::string::npos)
    return not_a_source(text);
  if (source.kind == UsageSource::Kind::pid && !base::parse_uint(source.target))
    return not_a_source(text);
  if (source.kind == UsageSource::Kind::cgroup) {
    constexpr std::string_view kMount = "/sys/fs/cgroup/";
    if (source.target.starts_with(kMount)) source.target.erase(0, kMount.size());
  }
  if (source.kind == UsageSource::Kind::pid || source.kind == UsageSource::Kind::cgroup)
    return source;
  auto words = base::split(source.target, '/');
  std::string selector;  // of a label as app.kubernetes.io/name
  if (words.size() > 2 && source.kind != UsageSource::Kind::prometheus &&
      words[1].find('=') == std::string_view::npos) {
    selector = fmt::format("{}/{}", words[1], words[2]);
    words.erase(words.begin() + 1);
    words[1] = selector;
  }
  if (words.size() < 2 || words.size() > 3 || words[0].empty() || words[1].empty() ||
      !plain(source.target))
    return not_a_source(text);
  source.ns = words[0];
  source.selector = words[1];
  if (words.size() == 3) source.container = words[2];
  return source;
}

Result<UsageReading> read_usage(const UsageSource& source, const UsageReach& reach) {
  switch (source.kind) {
    case UsageSource::Kind::pid:
      return read_pid(source, reach);
    case UsageSource::Kind::cgroup:
      return read_cgroup(source, reach);
    case UsageSource::Kind::pods:
      return read_pods(source, reach);
    case UsageSource::Kind::kubelet:
      return read_kubelet(source, reach);
    case UsageSource::Kind::prometheus:
      return read_prometheus(source, reach);
  }
  return not_a_source(source.text);
}

std::optional<smp::Usage> usage_between(const std::vector<UsageReading>& readings,
                                        base::WallTime from, base::WallTime to) {
  if (readings.empty() || to <= from) return std::nullopt;
  std::vector<UsageReading> inside;
  for (const bool whole : {true, false}) {  // rates of that time alone, if there are any
    for (const UsageReading& one : readings)
      if (one.at - (whole ? one.over : 0s) >= from && one.at <= to) inside.push_back(one);
    if (!inside.empty()) break;
  }
  const bool between = inside.size() > 1 && inside.back().at - inside.front().at >= (to - from) / 2;
  if (inside.empty()) inside.push_back(readings.back());
  double memory = 0, rate = 0;
  for (const UsageReading& one : inside) {
    memory += one.mem_mb;
    rate += one.cpu_mcores.value_or(0);
  }
  const auto count = static_cast<double>(inside.size());
  smp::Usage usage{.mem_mb = memory / count};
  if (readings.front().cpu_mcores) {
    usage.cpu_mcores = rate / count;
  } else {
    const base::WallTime begin = between ? inside.front().at : std::max(from, readings.front().at);
    const base::WallTime end = between ? inside.back().at : std::min(to, readings.back().at);
    if (end <= begin) return std::nullopt;
    if (falls(readings)) return std::nullopt;
    usage.cpu_mcores =
        1000 * (total_at(readings, end) - total_at(readings, begin)) / seconds(end - begin);
  }
  usage.cpu_mcores_assigned = readings.back().cpu_mcores_assigned;
  usage.mem_mb_assigned = readings.back().mem_mb_assigned;
  return usage;
}

struct UsageWatch::State {
  struct Series {
    UsageSource source;
    std::vector<UsageReading> readings;
    std::optional<Error> failure;
  };
  UsageReach reach;
  std::vector<Series> series;
  std::atomic<bool> over = false;
  std::thread thread;

  void look(Series& one) {
    auto reading = read_usage(one.source, reach);
    one.failure = reading.ok() ? std::nullopt : std::optional(reading.error());
    if (!reading.ok() || (!one.readings.empty() && reading->at <= one.readings.back().at))
      return;  // nothing new
    one.readings.push_back(*std::move(reading));
  }
  // Without a metrics server the kubelets tell, where they may be asked.
  void try_kubelets(Series& one) {
    if (!one.failure || one.source.kind != UsageSource::Kind::pods ||
        one.failure->code != ExitCode::cluster)
      return;
    UsageSource kubelet = one.source;
    kubelet.kind = UsageSource::Kind::kubelet;
    auto reading = read_usage(kubelet, reach);
    if (!reading.ok() && reading.error().code != ExitCode::timeout) {
      one.failure->cause = reading.error().message;
      return;
    }
    one.source = std::move(kubelet);
    one.failure = reading.ok() ? std::nullopt : std::optional(reading.error());
    if (reading.ok()) one.readings.push_back(*std::move(reading));
  }
  Result<void> look_first(Series& one, const UsageWait& wait, base::MonoTime limit) {
    for (bool told = false;; told = true) {
      look(one);
      try_kubelets(one);
      if (!one.failure) return {};
      if (one.failure->code != ExitCode::timeout || reach.clock.monotonic() >= limit)
        return *one.failure;
      if (wait.stop != nullptr && wait.stop->requested())
        return Error{ExitCode::interrupted, "interrupted before anything was measured"}.because(
            one.failure->message);
      if (!told && wait.tell)
        wait.tell(fmt::format("waiting, up to {}: {}", base::format_duration(wait.limit),
                              one.failure->message));
      if (wait.sleep)
        wait.sleep(kAgain);
      else
        std::this_thread::sleep_for(kAgain);
    }
  }
  void watch() {
    for (unsigned tick = 1; !over; ++tick) {
      std::this_thread::sleep_for(100ms);
      for (Series& one : series)
        if (100ms * tick % every(one.source) == 0ms) look(one);
    }
  }
};

UsageWatch::UsageWatch(std::vector<UsageSource> sources, const UsageReach& reach)
    : state_(new State{.reach = reach}) {
  for (UsageSource& source : sources) state_->series.push_back({std::move(source), {}, {}});
}

UsageWatch::~UsageWatch() {
  state_->over = true;
  if (state_->thread.joinable()) state_->thread.join();
}

Result<void> UsageWatch::begin(const UsageWait& wait) {
  const base::MonoTime limit = state_->reach.clock.monotonic() + wait.limit;
  for (State::Series& one : state_->series) WEFT_CHECK(state_->look_first(one, wait, limit));
  if (!state_->series.empty())
    state_->thread = std::thread([state = state_.get()] { state->watch(); });
  return {};
}

std::map<std::string, smp::Usage> UsageWatch::end(const smp::Run& run,
                                                  std::vector<std::string>& warnings) {
  state_->over = true;
  if (state_->thread.joinable()) state_->thread.join();
  std::map<std::string, smp::Usage> parts;
  const auto add = [](std::optional<double>& sum, std::optional<double> value, bool first) {
    if (first)
      sum = value;
    else
      sum = sum && value ? std::optional(*sum + *value) : std::nullopt;
  };
  for (State::Series& one : state_->series) {
    state_->look(one);
    const bool lost = one.failure && one.failure->code != ExitCode::timeout &&
                      one.failure->code != ExitCode::interrupted;
    const auto usage = run.started && run.ended && !lost
                           ? usage_between(one.readings, *run.started, *run.ended)
                           : std::nullopt;
    if (!usage) {
      warnings.push_back(fmt::format("the use of {} is not known: {}", one.source.text,
                                     one.failure ? one.failure->message
                                     : falls(one.readings)
                                         ? "one that was counted has been replaced"
                                         : "too little was read during the run, measure longer"));
      continue;
    }
    const auto inside = std::ranges::count_if(one.readings, [&run](const UsageReading& reading) {
      return reading.at >= *run.started && reading.at <= *run.ended;
    });
    if (inside < 2 && every(one.source) > 1s)
      warnings.push_back(
          fmt::format("the use of {} was read {} during the run: measure for 30s or longer",
                      one.source.text, base::plural(static_cast<std::uint64_t>(inside), "time")));
    const bool first = !parts.contains(one.source.part);
    smp::Usage& sum = parts[one.source.part];
    add(sum.cpu_mcores, usage->cpu_mcores, first);
    add(sum.mem_mb, usage->mem_mb, first);
    add(sum.cpu_mcores_assigned, usage->cpu_mcores_assigned, first);
    add(sum.mem_mb_assigned, usage->mem_mb_assigned, first);
  }
  return parts;
}

}  // namespace weft::perf
