#include "lib/perf/usage.h"

#include <unistd.h>

#include <atomic>
#include <thread>

#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/kube/object.h"
#include "lib/perf/usage_pods.h"

namespace weft::perf {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using namespace std::chrono_literals;

constexpr double kMegabyte = 1e6;
constexpr std::size_t kProcLimit = 1u << 16;

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

Result<std::string> read_proc(const UsageSource& source, const std::string& path) {
  auto text = base::read_file(path, kProcLimit);
  if (text.ok()) return text;
  return Error{ExitCode::input, fmt::format("the use of {} cannot be read", source.text),
               "check that it runs on this machine"}
      .because(text.error().message);
}

Result<UsageReading> read_pid(const UsageSource& source, const UsageReach& reach) {
  const std::string folder = fmt::format("{}/proc/{}/", reach.root, source.target);
  WEFT_TRY(stat, read_proc(source, folder + "stat"));
  WEFT_TRY(memory, read_proc(source, folder + "statm"));
  const auto fields = base::split(std::string_view(stat).substr(stat.rfind(')') + 1), ' ');
  const auto pages = base::split(memory, ' ');
  if (fields.size() < 14 || pages.size() < 2) return not_a_source(source.text);
  const auto user = base::parse_uint(fields[12]), system = base::parse_uint(fields[13]),
             resident = base::parse_uint(pages[1]);
  UsageReading reading{.at = reach.clock.wall()};
  reading.cpu_seconds = static_cast<double>(user.value_or(0) + system.value_or(0)) /
                        static_cast<double>(::sysconf(_SC_CLK_TCK));
  reading.mem_mb = static_cast<double>(resident.value_or(0)) *
                   static_cast<double>(::sysconf(_SC_PAGESIZE)) / kMegabyte;
  return reading;
}

Result<UsageReading> read_cgroup(const UsageSource& source, const UsageReach& reach) {
  const std::string folder = fmt::format("{}/sys/fs/cgroup/{}/", reach.root, source.target);
  WEFT_TRY(cpu, read_proc(source, folder + "cpu.stat"));
  WEFT_TRY(memory, read_proc(source, folder + "memory.current"));
  UsageReading reading{.at = reach.clock.wall()};
  for (const std::string_view line : base::split(cpu, '\n'))
    if (line.starts_with("usage_usec "))
      reading.cpu_seconds =
          static_cast<double>(base::parse_uint(base::trim(line.substr(11))).value_or(0)) / 1e6;
  reading.mem_mb =
      static_cast<double>(base::parse_uint(base::trim(memory)).value_or(0)) / kMegabyte;
  const std::string quota = base::read_file(folder + "cpu.max", kProcLimit).value_or({});
  const auto words = base::split(base::trim(quota), ' ');
  if (words.size() == 2)
    if (const auto part = base::parse_uint(words[0]), whole = base::parse_uint(words[1]);
        part && whole && *whole > 0)
      reading.cpu_mcores_assigned = 1000 * static_cast<double>(*part) / static_cast<double>(*whole);
  const std::string most = base::read_file(folder + "memory.max", kProcLimit).value_or({});
  if (const auto bytes = base::parse_uint(base::trim(most)))
    reading.mem_mb_assigned = static_cast<double>(*bytes) / kMegabyte;
  return reading;
}

Result<double> ask_prometheus(const UsageSource& source, const UsageReach& reach,
                              const std::string& query) {
  if (reach.prometheus.empty())
    return Error{ExitCode::usage, fmt::format("{} needs the URL of Prometheus", source.text),
                 "--prometheus http://127.0.0.1:9090"};
  WEFT_TRY(done,
           reach.runner->run({.argv = {"curl", "-fsSG", "--max-time", "10", "--data-urlencode",
                                       "query=" + query, "--", reach.prometheus + "/api/v1/query"},
                              .deadline = 15s,
                              .output_limit = 1u << 20}));
  if (done.exit_code != 0)
    return Error{ExitCode::tool, fmt::format("{} does not answer", reach.prometheus),
                 "check --prometheus; kubectl port-forward brings it here"}
        .because(std::string(base::trim(done.err)));
  WEFT_TRY(document, doc::read_json(doc::Source("the answer of Prometheus", std::move(done.out))));
  const auto results = kube::list_at(document.root, {"data", "result"});
  const auto value =
      results.empty() ? std::span<const doc::Value>() : kube::list_at(results.front(), {"value"});
  std::optional<double> number;
  if (value.size() == 2 && value[1].is_string())
    number = base::parse_double(std::string_view(value[1].string()));
  if (number) return *number;
  return Error{ExitCode::input,
               fmt::format("Prometheus knows nothing about the use of {}", source.text),
               "ask it for: " + query};
}

Result<UsageReading> read_prometheus(const UsageSource& source, const UsageReach& reach) {
  const std::string which =
      fmt::format("namespace=\"{}\",pod=~\"{}\",container{}", source.ns, source.selector,
                  source.container.empty() ? "!=\"\"" : fmt::format("=\"{}\"", source.container));
  WEFT_TRY(cpu, ask_prometheus(source, reach,
                               fmt::format("sum(container_cpu_usage_seconds_total{{{}}})", which)));
  WEFT_TRY(memory,
           ask_prometheus(source, reach,
                          fmt::format("sum(container_memory_working_set_bytes{{{}}})", which)));
  UsageReading reading{.at = reach.clock.wall(), .mem_mb = memory / kMegabyte};
  reading.cpu_seconds = cpu;
  return reading;
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
  double memory = 0, rate = 0;
  std::size_t inside = 0;
  const auto add = [&](const UsageReading& one) {
    memory += one.mem_mb;
    rate += one.cpu_mcores.value_or(0);
    ++inside;
  };
  for (const UsageReading& one : readings)
    if (one.at >= from && one.at <= to) add(one);
  if (inside == 0) add(readings.back());
  const auto count = static_cast<double>(inside);
  smp::Usage usage{.mem_mb = memory / count};
  if (readings.front().cpu_mcores) {
    usage.cpu_mcores = rate / count;
  } else {
    const base::WallTime begin = std::max(from, readings.front().at);
    const base::WallTime end = std::min(to, readings.back().at);
    if (end <= begin) return std::nullopt;
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
    if (reading.ok())
      one.readings.push_back(*std::move(reading));
    else
      one.failure = std::move(reading).error();
  }
  void watch() {
    for (unsigned tick = 1; !over; ++tick) {
      std::this_thread::sleep_for(100ms);
      for (Series& one : series)
        if (100ms * tick % every(one.source) == 0ms && !one.failure) look(one);
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

Result<void> UsageWatch::begin() {
  for (State::Series& one : state_->series) {
    state_->look(one);
    // Without a metrics server the kubelets tell, where they may be asked.
    if (one.failure && one.source.kind == UsageSource::Kind::pods &&
        one.failure->code == ExitCode::cluster) {
      UsageSource kubelet = one.source;
      kubelet.kind = UsageSource::Kind::kubelet;
      if (auto reading = read_usage(kubelet, state_->reach); reading.ok()) {
        one.source = std::move(kubelet);
        one.failure.reset();
        one.readings.push_back(*std::move(reading));
      } else {
        one.failure->cause = reading.error().message;
      }
    }
    if (one.failure) return *one.failure;
  }
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
    if (!one.failure) state_->look(one);
    const auto usage = run.started && run.ended
                           ? usage_between(one.readings, *run.started, *run.ended)
                           : std::nullopt;
    if (one.failure || !usage) {
      warnings.push_back(
          fmt::format("the use of {} is not known: {}", one.source.text,
                      one.failure ? one.failure->message : "nothing was read during the run"));
      continue;
    }
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
