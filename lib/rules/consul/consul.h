// Consul's configuration entries as Kubernetes objects.
#pragma once

#include <set>
#include <string_view>

#include "lib/rules/inventory.h"

namespace weft::rules {

inline constexpr std::string_view kConsulGroup = "consul.hashicorp.com";

// What a service speaks: its ServiceDefaults, else ProxyDefaults, else tcp.
struct ConsulProtocol {
  std::string_view name = "tcp";
  bool is_written = false;  // false: neither object is in the input
};
ConsulProtocol consul_protocol(const Inventory& in, std::string_view service);

// Names that services of the input are registered under, in whatever namespace.
std::set<std::string_view> consul_services(const Inventory& in);

}  // namespace weft::rules
