#include <cmath>

#include "lib/base/format.h"
#include "lib/doc/read.h"
#include "lib/rules/inventory.h"
#include "lib/rules/performance/quantity.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

std::string wrong(std::int64_t concurrency, std::optional<double> limit) {
  if (concurrency == 0) return "concurrency 0 starts a thread for each core of the node";
  if (limit && static_cast<double>(concurrency) > std::ceil(*limit))
    return fmt::format("{} threads share {} cores", concurrency, *limit);
  return {};
}

void check_pods(const Inventory& in, Report& out) {
  for (const Workload& workload : in.workloads()) {
    const Value* annotations = workload.annotations();
    const Value* config = get(annotations, "proxy.istio.io/config");
    if (text(config).find("concurrency") == std::string_view::npos) continue;
    const auto inner = doc::read_manifests(doc::Source("config", std::string(text(config))));
    if (inner.documents.empty()) continue;
    const auto count = integer(get(&inner.documents.front().document.root, "concurrency"));
    if (!count) continue;
    const std::string problem =
        wrong(*count, cores(get(annotations, "sidecar.istio.io/proxyCPULimit")));
    if (!problem.empty()) out.add(*workload.resource, config, problem);
  }
}

void check(const Inventory& in, Report& out) {
  check_pods(in, out);
  for (const Resource* config : in.all({"networking.istio.io", "ProxyConfig"}))
    if (const Value* count = get(config->spec, "concurrency"); integer(count) == 0)
      out.add(*config, count, wrong(0, std::nullopt));
}

}  // namespace

Rule wp004() {
  return {
      .id = "WP004",
      .slug = "proxy-concurrency",
      .mesh = "Istio",
      .category = "performance",
      .title = "a proxy with more threads than processors",
      .why =
          "Each worker thread of Envoy keeps connection pools and statistics of its own. 0 starts "
          "one for every core of the node, whatever the limit of the container: memory grows and "
          "the threads are throttled.",
      .remedy = "leave concurrency out, so that it follows the CPU limit, or set it to the limit",
      .check = check};
}

}  // namespace weft::rules
