// Consul's configuration entries as Kubernetes objects.
#pragma once

#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>

#include "lib/rules/inventory.h"

namespace weft::rules {

inline constexpr std::string_view kConsulGroup = "consul.hashicorp.com";

// What services speak: their ServiceDefaults, else ProxyDefaults, else tcp.
class ConsulProtocols {
 public:
  explicit ConsulProtocols(const Inventory& in);
  // Absent when no object of the input says so, which means tcp.
  std::optional<std::string_view> find(std::string_view service) const;

 private:
  std::unordered_map<std::string_view, std::string_view> by_service_;
  std::optional<std::string_view> usual_;
};

// Names that services of the input are registered under, in whatever namespace.
std::set<std::string_view> consul_services(const Inventory& in);

}  // namespace weft::rules
