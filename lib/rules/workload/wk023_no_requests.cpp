#include "lib/base/format.h"
#include "lib/base/number.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"
#include "lib/rules/workload/membership.h"

namespace weft::rules {
namespace {

// Below these a proxy does not start in time, or is killed under light load.
constexpr double kLeastCpu = 0.01;
constexpr std::uint64_t kLeastMemory = 32u << 20;

struct ProxySetting {
  std::string_view annotation;
  bool is_memory;
};
constexpr ProxySetting kSettings[] = {
    {"sidecar.istio.io/proxyCPU", false},         {"sidecar.istio.io/proxyCPULimit", false},
    {"sidecar.istio.io/proxyMemory", true},       {"sidecar.istio.io/proxyMemoryLimit", true},
    {"config.linkerd.io/proxy-cpu-limit", false}, {"config.linkerd.io/proxy-memory-limit", true},
};

// "100m", "0.5", "2".
std::optional<double> cpus(std::string_view text) {
  const bool is_milli = text.ends_with('m');
  const auto number = base::parse_double(is_milli ? text.substr(0, text.size() - 1) : text);
  if (!number) return std::nullopt;
  return is_milli ? *number / 1000 : *number;
}

bool is_too_little(std::string_view text, bool is_memory) {
  if (!is_memory) return cpus(text).value_or(1) < kLeastCpu;
  const auto size = base::parse_size(text);
  return size.ok() && *size < kLeastMemory;
}

void check_proxy(const Workload& workload, Report& out) {
  for (const ProxySetting& setting : kSettings) {
    const Value* value = get(workload.annotations(), setting.annotation);
    const std::string amount = scalar_text(value);
    if (amount.empty() || !is_too_little(amount, setting.is_memory)) continue;
    out.add(*workload.resource, value,
            fmt::format("{} is too little for a proxy to live on: give it {} or more", amount,
                        setting.is_memory ? "32Mi" : "10m"))
        .with("annotation", setting.annotation);
  }
}

void check(const Inventory& in, Report& out) {
  for (const Workload& workload : in.workloads()) {
    if (mesh_of(in, workload).empty()) continue;
    check_proxy(workload, out);
    for (const Value& container : items(get(workload.pod, "containers"))) {
      if (is_proxy_container(container) || get(&container, "resources", "requests") != nullptr ||
          get(&container, "resources", "limits") != nullptr)
        continue;
      out.add(
          *workload.resource, &container,
          fmt::format("the container {} asks for no cpu or memory", text(get(&container, "name"))));
      break;  // one for each workload says it
    }
  }
}

}  // namespace

Rule wk023() {
  return {
      .id = "WK023",
      .slug = "no-requests",
      .severity = Severity::info,
      .mesh = "all",
      .category = "onboarding",
      .title = "a workload of the mesh that asks for no cpu or memory",
      .why =
          "The proxy asks for some, the application for none: under pressure the application is "
          "throttled or evicted first, and autoscaling by cpu sees the proxy alone.",
      .remedy = "set resources.requests of the container, and at least 10m and 32Mi for proxies",
      .check = check};
}

}  // namespace weft::rules
