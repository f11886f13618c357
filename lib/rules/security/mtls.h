// The mode of mutual TLS that Istio's proxies demand of clients: the PeerAuthentication with a
// selector beats the one of the namespace, which beats the one of the root namespace; for a port,
// portLevelMtls of the one with the selector comes first. UNSET inherits.
//
//   const auto& modes = in.view<PeerModes>();
//   if (modes.of(workload).mode == "STRICT") ...
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "lib/rules/inventory.h"

namespace weft::rules {

struct PeerMode {
  std::string_view mode;               // "STRICT", "PERMISSIVE", "DISABLE"; "" when nothing says
  const Resource* resource = nullptr;  // the PeerAuthentication that says so
};

class PeerModes {
 public:
  explicit PeerModes(const Inventory& in);

  PeerMode of_namespace(std::string_view ns) const;
  PeerMode of(const Workload& workload) const;
  PeerMode of_port(const Workload& workload, std::int64_t container_port) const;
  bool has_port_modes(const Workload& workload) const;

 private:
  const Resource* with_selector(const Workload& workload) const;

  std::string_view root_;
  std::map<std::string_view, const Resource*> by_namespace_;
  std::map<const Workload*, const Resource*> by_workload_;
};

}  // namespace weft::rules
