#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/performance/quantity.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

struct Limit {
  std::string_view annotation;
  bool is_memory;
};
constexpr Limit kLimits[] = {{"sidecar.istio.io/proxyCPULimit", false},
                             {"sidecar.istio.io/proxyMemoryLimit", true},
                             {"config.linkerd.io/proxy-cpu-limit", false},
                             {"config.linkerd.io/proxy-memory-limit", true},
                             {"consul.hashicorp.com/sidecar-proxy-cpu-limit", false},
                             {"consul.hashicorp.com/sidecar-proxy-memory-limit", true}};
constexpr double kLeastCores = 0.1;
constexpr double kLeastBytes = 64.0 * 1024 * 1024;
constexpr double kLeastLinkerdBytes = 32.0 * 1024 * 1024;  // smaller than Envoy

void check_limit(const Resource& resource, const Value* limit, bool is_memory, bool is_linkerd,
                 Report& out) {
  if (is_memory) {
    const auto size = bytes(limit);
    if (size && *size > 0 && *size < (is_linkerd ? kLeastLinkerdBytes : kLeastBytes))
      out.add(resource, limit, fmt::format("{} of memory for the proxy", scalar_text(limit)));
  } else if (const auto count = cores(limit); count && *count > 0 && *count < kLeastCores) {
    out.add(resource, limit, fmt::format("{} of a core for the proxy", scalar_text(limit)));
  }
}

void check_annotations(const Resource& resource, const Value* annotations, Report& out) {
  for (const Limit& limit : kLimits)
    check_limit(resource, get(annotations, limit.annotation), limit.is_memory,
                limit.annotation.find("linkerd") != std::string_view::npos, out);
}

void check(const Inventory& in, Report& out) {
  for (const Resource* ns : in.all(kinds::ns)) check_annotations(*ns, ns->annotations(), out);
  for (const Workload& workload : in.workloads()) {
    check_annotations(*workload.resource, workload.annotations(), out);
    for (const char* proxy : {"istio-proxy", "linkerd-proxy", "kuma-sidecar", "consul-dataplane"}) {
      const Value* limits = get(workload.container(proxy), "resources", "limits");
      const bool is_linkerd = std::string_view(proxy) == "linkerd-proxy";
      check_limit(*workload.resource, get(limits, "cpu"), false, is_linkerd, out);
      check_limit(*workload.resource, get(limits, "memory"), true, is_linkerd, out);
    }
  }
}

}  // namespace

Rule wp009() {
  return {.id = "WP009",
          .slug = "proxy-starved",
          .mesh = "all",
          .category = "performance",
          .title = "a proxy with too little to live on",
          .why =
              "A proxy throttled by its CPU limit adds tens of milliseconds to every request of "
              "the pod; one out of memory is killed and takes all connections with it.",
          .remedy = "leave the limit out, or give it 100m and 64Mi at least",
          .refs = "kube-score:container-resources",
          .check = check};
}

}  // namespace weft::rules
