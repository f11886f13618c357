#include "lib/perf/usage_pods.h"

#include <algorithm>
#include <map>
#include <set>

#include "lib/base/format.h"
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

double number_at(const doc::Value& value, const char* part, const char* name) {
  const doc::Value* found = kube::at(value, {part, name});
  return found != nullptr && found->is_number() ? found->number() : 0;
}

// What one node says of the wanted containers of these pods, added to `reading`.
std::size_t add_summary(const UsageSource& source, const std::set<std::string, std::less<>>& pods,
                        const doc::Value& summary, UsageReading& reading) {
  std::size_t found = 0;
  for (const doc::Value& pod : kube::list_at(summary, {"pods"})) {
    if (kube::text_at(pod, {"podRef", "namespace"}) != source.ns ||
        !pods.contains(kube::text_at(pod, {"podRef", "name"})))
      continue;
    for (const doc::Value& container : kube::list_at(pod, {"containers"})) {
      if (!wanted(source, container)) continue;
      const auto time = base::parse_rfc3339(kube::text_at(container, {"cpu", "time"}));
      if (!time.ok()) continue;  // it has just begun
      ++found;
      reading.at = std::max(reading.at, *time);
      *reading.cpu_seconds += number_at(container, "cpu", "usageCoreNanoSeconds") / 1e9;
      reading.mem_mb += number_at(container, "memory", "workingSetBytes") / kMegabyte;
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
    WEFT_TRY(text, reach.cluster->raw(fmt::format("/api/v1/nodes/{}/proxy/stats/summary", node)));
    WEFT_TRY(document, doc::read_json(doc::Source("statistics of node " + node, std::move(text))));
    found += add_summary(source, names, document.root, reading);
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
