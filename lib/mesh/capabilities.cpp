#include "lib/mesh/capabilities.h"

#include <algorithm>

namespace weft::mesh {

std::span<const CapabilityRow> capabilities() {
  static constexpr CapabilityRow kRows[] = {
      {"mtls", "mtls-strict", "mutual TLS, plain text refused"},
      {"mtls-permissive", "", "mutual TLS beside plain text"},
      {"retries", "", "retries"},
      {"retry-budget", "", "retry budgets"},
      {"timeouts", "", "timeouts"},
      {"circuit-breaking", "circuit-breaker", "circuit breaking by limits"},
      {"outlier-detection", "", "outlier detection"},
      {"rate-limit", "rate-limiting", "rate limits, per proxy"},
      {"rate-limit-global", "", "rate limits, across proxies"},
      {"fault-delay", "", "injected delays"},
      {"fault-abort", "fault-injection", "injected errors"},
      {"canary", "traffic-split", "traffic split, canary releases"},
      {"mirroring", "", "mirroring"},
      {"header-routing", "", "routing by headers"},
      {"authorization", "", "authorization policies"},
      {"jwt", "", "JWT authentication"},
      {"ingress", "", "ingress gateway"},
      {"egress", "", "control of outgoing traffic"},
      {"external-services", "", "services outside the mesh"},
      {"access-logs", "", "access logs"},
      {"tracing", "", "tracing"},
      {"locality", "", "locality-aware load balancing"},
      {"health-checks", "", "active health checks"},
      {"connection-pool", "", "connection pool settings"},
      {"load-balancing", "", "load-balancing algorithms, affinity"},
      {"header-modification", "", "header changes, redirects, rewrites, CORS"},
      {"wasm", "extensions", "WASM or raw proxy extensions"},
      {"multicluster", "", "several clusters as one mesh"},
      {"sidecarless", "ambient", "without sidecars"},
      {"gateway-api", "", "routes of the Gateway API"},
      {"smi", "", "Service Mesh Interface"}};
  return kRows;
}

const CapabilityRow* find_capability(std::string_view name) {
  const auto rows = capabilities();
  const auto row = std::ranges::find_if(rows, [name](const CapabilityRow& one) {
    return one.id == name || (!one.alias.empty() && one.alias == name);
  });
  return row == rows.end() ? nullptr : &*row;
}

}  // namespace weft::mesh
