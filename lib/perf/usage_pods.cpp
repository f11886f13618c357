#include "lib/perf/usage_pods.h"

#include <algorithm>
#include <map>
#include <set>

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

// The limits of all containers; absent when one has none.
void add_limits(const UsageSource& source, const kube::Objects& pods, UsageReading& reading) {
  double cpu = 0, memory = 0;
  bool cpu_known = !pods.empty(), memory_known = cpu_known;
  for (const kube::Object& pod : pods)
    for (const char* list : {"containers", "initContainers"})
      for (const doc::Value& container : kube::list_at(pod, {"spec", list})) {
        const bool runs = std::string_view(list) == "containers" ||
                          kube::text_at(container, {"restartPolicy"}) == "Always";
        if (!runs || !wanted(source, container)) continue;
        const auto limit = [&](std::string_view name) {
          return kube::parse_quantity(kube::text_at(container, {"resources", "limits", name}));
        };
        cpu_known = cpu_known && limit("cpu");
        memory_known = memory_known && limit("memory");
        cpu += limit("cpu").value_or(0);
        memory += limit("memory").value_or(0);
      }
  if (cpu_known && cpu > 0) reading.cpu_mcores_assigned = 1000 * cpu;
  if (memory_known && memory > 0) reading.mem_mb_assigned = memory / kMegabyte;
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
  UsageReading reading{.at = reach.clock.wall()};
  double cores = 0;
  std::size_t found = 0;
  for (const doc::Value& pod : kube::list_at(document.root, {"items"}))
    for (const doc::Value& container : kube::list_at(pod, {"containers"})) {
      if (!wanted(source, container)) continue;
      ++found;
      cores += kube::parse_quantity(kube::text_at(container, {"usage", "cpu"})).value_or(0);
      reading.mem_mb +=
          kube::parse_quantity(kube::text_at(container, {"usage", "memory"})).value_or(0) /
          kMegabyte;
    }
  if (found == 0)
    return Error{
        ExitCode::cluster,
        fmt::format("nothing is known of the use of {}: no such pod or container has "
                    "been seen by the metrics server",
                    source.text),
        fmt::format("kubectl top pods -n {} -l {} --containers", source.ns, source.selector)};
  reading.cpu_mcores = 1000 * cores;
  WEFT_TRY(pods,
           reach.cluster->list({.resource = "pods", .ns = source.ns, .selector = source.selector}));
  add_limits(source, pods, reading);
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

// One node's metrics of the wanted containers of these pods, added to `reading`: lines as
// container_cpu_usage_seconds_total{container="web",namespace="shop",pod="web-1"} 1.5 1772366400000
std::size_t add_metrics(const UsageSource& source, const std::set<std::string, std::less<>>& pods,
                        std::string_view text, UsageReading& reading) {
  std::size_t found = 0;
  for (const std::string_view line : base::split(text, '\n')) {
    const bool cpu = line.starts_with("container_cpu_usage_seconds_total{");
    if (!cpu && !line.starts_with("container_memory_working_set_bytes{")) continue;
    const auto container = label_of(line, "container");
    if (label_of(line, "namespace") != source.ns || !pods.contains(label_of(line, "pod")) ||
        (!source.container.empty() && container != source.container))
      continue;
    const auto words = base::split(base::trim(line.substr(line.rfind('}') + 1)), ' ');
    const auto value = base::parse_double(words.front());
    const auto at = words.size() > 1 ? base::parse_uint(words[1]) : std::nullopt;
    if (!value || !at || *at > 9'000'000'000'000) continue;
    ++found;
    if (cpu) {
      const auto ms = std::chrono::milliseconds(static_cast<std::int64_t>(*at));
      reading.at = std::max(reading.at, base::WallTime(ms));
      *reading.cpu_seconds += *value;
    } else {
      reading.mem_mb += *value / kMegabyte;
    }
  }
  return found;
}

}  // namespace

Result<UsageReading> read_kubelet(const UsageSource& source, const UsageReach& reach) {
  WEFT_TRY(pods,
           reach.cluster->list({.resource = "pods", .ns = source.ns, .selector = source.selector}));
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> by_node;
  for (const kube::Object& pod : pods) {
    const auto node = kube::text_at(pod, {"spec", "nodeName"});
    if (!node.empty()) by_node[std::string(node)].insert(std::string(kube::name_of(pod)));
  }
  UsageReading reading{.cpu_seconds = 0};
  std::size_t found = 0;
  for (const auto& [node, names] : by_node) {
    WEFT_TRY(text,
             reach.cluster->raw(fmt::format("/api/v1/nodes/{}/proxy/metrics/resource", node)));
    found += add_metrics(source, names, text, reading);
  }
  if (found == 0)
    return Error{ExitCode::cluster,
                 fmt::format("nothing is known of the use of {}: the kubelets know no such pod or "
                             "container",
                             source.text),
                 fmt::format("kubectl get pods -n {} -l {}", source.ns, source.selector)};
  add_limits(source, pods, reading);
  return reading;
}

}  // namespace weft::perf
