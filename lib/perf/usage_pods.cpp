#include "lib/perf/usage_pods.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "lib/base/clock.h"
#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/kube/compare.h"

namespace weft::perf {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr double kMegabyte = 1e6;

bool wanted(const UsageSource& source, const doc::Value& container) {
  return source.container.empty() || kube::text_at(container, {"name"}) == source.container;
}

// Calls `visit` for every container that is wanted and runs all the time.
template <typename Visit>
void each_container(const UsageSource& source, const kube::Object& pod, Visit visit) {
  for (const char* list : {"containers", "initContainers"})
    for (const doc::Value& container : kube::list_at(pod, {"spec", list})) {
      const bool runs = std::string_view(list) == "containers" ||
                        kube::text_at(container, {"restartPolicy"}) == "Always";
      if (runs && wanted(source, container)) visit(container);
    }
}

// The limits of all containers; absent when one has none.
void add_limits(const UsageSource& source, const kube::Objects& pods, UsageReading& reading) {
  double cpu = 0, memory = 0;
  bool cpu_known = !pods.empty(), memory_known = cpu_known;
  for (const kube::Object& pod : pods)
    each_container(source, pod, [&](const doc::Value& container) {
      const auto limit = [&](std::string_view name) {
        return kube::parse_quantity(kube::text_at(container, {"resources", "limits", name}));
      };
      cpu_known = cpu_known && limit("cpu");
      memory_known = memory_known && limit("memory");
      cpu += limit("cpu").value_or(0);
      memory += limit("memory").value_or(0);
    });
  if (cpu_known && cpu > 0) reading.cpu_mcores_assigned = 1000 * cpu;
  if (memory_known && memory > 0) reading.mem_mb_assigned = memory / kMegabyte;
}

using Names = std::set<std::string, std::less<>>;

// What is to be told of.
struct Sought {
  kube::Objects pods;  // that run
  Names containers;    // of them, as "pod/container"
  Names nodes;         // of them
};

// A timeout error where pods do not run yet.
Result<Sought> seek(const UsageSource& source, const UsageReach& reach) {
  WEFT_TRY(pods,
           reach.cluster->list({.resource = "pods", .ns = source.ns, .selector = source.selector}));
  Sought sought;
  std::size_t containers = 0;
  for (const kube::Object& pod : pods) {
    const bool runs = kube::text_at(pod, {"status", "phase"}, "Running") == "Running" &&
                      kube::text_at(pod, {"metadata", "deletionTimestamp"}).empty();
    each_container(source, pod, [&](const doc::Value& container) {
      ++containers;
      if (runs)
        sought.containers.insert(
            fmt::format("{}/{}", kube::name_of(pod), kube::text_at(container, {"name"})));
    });
    if (!runs) continue;
    sought.pods.push_back(pod);
    sought.nodes.emplace(kube::text_at(pod, {"spec", "nodeName"}));
  }
  if (!sought.containers.empty()) return sought;
  const char* why = containers > 0 ? "no such pod runs"
                    : pods.empty() ? "there is no such pod"
                                   : "no such pod has this container";
  return Error{containers > 0 ? ExitCode::timeout : ExitCode::cluster,
               fmt::format("the use of {} cannot be read: {}", source.text, why),
               fmt::format("kubectl get pods -n {} -l {}", source.ns, source.selector)};
}

// Not before all are known is a sum one of the same containers as the next.
Result<void> check_seen(const UsageSource& source, const Sought& sought, const Names& seen,
                        std::string_view who) {
  std::vector<std::string> missing;
  std::ranges::set_difference(sought.containers, seen, std::back_inserter(missing));
  if (missing.empty()) return {};
  return Error{
      ExitCode::timeout,
      fmt::format("{} yet about {}{}, of {}", who, missing.front(),
                  missing.size() > 1 ? fmt::format(" and {} more", missing.size() - 1) : "",
                  source.text),
      fmt::format("kubectl get pods -n {} -l {}", source.ns, source.selector)};
}

}  // namespace

Result<UsageReading> read_pods(const UsageSource& source, const UsageReach& reach) {
  auto text = reach.cluster->raw(
      fmt::format("/apis/metrics.k8s.io/v1beta1/namespaces/{}/pods?labelSelector={}", source.ns,
                  source.selector));
  if (!text.ok())
    return Error{
        ExitCode::cluster,
        fmt::format("the use of {} cannot be read: the metrics API does not answer", source.text),
        "install the metrics server, or read it from Prometheus: "
        "--usage dp=prometheus:NAMESPACE/POD-REGEX --prometheus URL"}
        .because(text.error().cause.empty() ? text.error().message : text.error().cause);
  WEFT_TRY(document, doc::read_json(doc::Source("metrics of " + source.ns, *std::move(text))));
  WEFT_TRY(sought, seek(source, reach));
  UsageReading reading{.at = reach.clock.wall()};
  double cores = 0;
  Names seen;
  base::WallTime latest{};
  for (const doc::Value& pod : kube::list_at(document.root, {"items"})) {
    const auto name = kube::text_at(pod, {"metadata", "name"});
    for (const doc::Value& container : kube::list_at(pod, {"containers"})) {
      const std::string id = fmt::format("{}/{}", name, kube::text_at(container, {"name"}));
      if (!sought.containers.contains(id)) continue;
      seen.insert(id);
      cores += kube::parse_quantity(kube::text_at(container, {"usage", "cpu"})).value_or(0);
      reading.mem_mb +=
          kube::parse_quantity(kube::text_at(container, {"usage", "memory"})).value_or(0) /
          kMegabyte;
      if (const auto at = base::parse_rfc3339(kube::text_at(pod, {"timestamp"})); at.ok())
        latest = std::max(latest, *at);
      if (const auto window = base::parse_duration(kube::text_at(pod, {"window"})); window.ok())
        reading.over = std::max(reading.over, *window);
    }
  }
  WEFT_CHECK(check_seen(source, sought, seen, "the metrics server knows nothing"));
  if (latest > base::WallTime()) reading.at = latest;
  reading.cpu_mcores = 1000 * cores;
  add_limits(source, sought.pods, reading);
  return reading;
}

namespace {

std::string_view label_of(std::string_view line, std::string_view name) {
  const auto at = line.find(fmt::format("{}=\"", name));
  if (at == std::string_view::npos) return {};
  const auto begin = at + name.size() + 2;
  const auto end = line.find('"', begin);
  return end == std::string_view::npos ? std::string_view() : line.substr(begin, end - begin);
}

// One node's metrics of the containers that are sought, added to `reading`: lines as
// container_cpu_usage_seconds_total{container="web",namespace="shop",pod="web-1"} 1.5 1772366400000
void add_metrics(const UsageSource& source, const Sought& sought, std::string_view text,
                 UsageReading& reading, Names& seen_cpu, Names& seen_memory) {
  for (const std::string_view line : base::split(text, '\n')) {
    const bool cpu = line.starts_with("container_cpu_usage_seconds_total{");
    if (!cpu && !line.starts_with("container_memory_working_set_bytes{")) continue;
    const std::string id = fmt::format("{}/{}", label_of(line, "pod"), label_of(line, "container"));
    if (label_of(line, "namespace") != source.ns || !sought.containers.contains(id)) continue;
    const auto words = base::split(base::trim(line.substr(line.rfind('}') + 1)), ' ');
    const auto value = base::parse_double(words.front());
    const auto at = words.size() > 1 ? base::parse_uint(words[1]) : std::nullopt;
    if (!value || !at || *at > 9'000'000'000'000) continue;
    if (!(cpu ? seen_cpu : seen_memory).insert(id).second) continue;
    if (cpu) {
      const auto ms = std::chrono::milliseconds(static_cast<std::int64_t>(*at));
      reading.at = std::max(reading.at, base::WallTime(ms));
      *reading.cpu_seconds += *value;
    } else {
      reading.mem_mb += *value / kMegabyte;
    }
  }
}

}  // namespace

Result<UsageReading> read_kubelet(const UsageSource& source, const UsageReach& reach) {
  WEFT_TRY(sought, seek(source, reach));
  UsageReading reading{.cpu_seconds = 0};
  Names seen_cpu, seen_memory;
  for (const std::string& node : sought.nodes) {
    WEFT_TRY(text,
             reach.cluster->raw(fmt::format("/api/v1/nodes/{}/proxy/metrics/resource", node)));
    add_metrics(source, sought, text, reading, seen_cpu, seen_memory);
  }
  for (const Names* seen : {&seen_cpu, &seen_memory})
    WEFT_CHECK(check_seen(source, sought, *seen, "the kubelet knows nothing"));
  add_limits(source, sought.pods, reading);
  return reading;
}

}  // namespace weft::perf
