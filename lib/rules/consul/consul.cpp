#include "lib/rules/consul/consul.h"

namespace weft::rules {

ConsulProtocols::ConsulProtocols(const Inventory& in) {
  for (const Resource* defaults : in.all({kConsulGroup, "ServiceDefaults"}))
    if (const Value* protocol = get(defaults->spec, "protocol"))
      by_service_.try_emplace(defaults->name, text(protocol));
  for (const Resource* defaults : in.all({kConsulGroup, "ProxyDefaults"}))
    if (const Value* protocol = get(defaults->spec, "config", "protocol"); !usual_ && protocol)
      usual_ = text(protocol);
}

std::optional<std::string_view> ConsulProtocols::find(std::string_view service) const {
  const auto found = by_service_.find(service);
  return found == by_service_.end() ? usual_ : found->second;
}

std::set<std::string_view> consul_services(const Inventory& in) {
  std::set<std::string_view> names;
  for (const Resource* service : in.all(kinds::service)) names.insert(service->name);
  for (const Resource* defaults : in.all({kConsulGroup, "ServiceDefaults"}))
    names.insert(defaults->name);
  for (const Resource* registration : in.all({kConsulGroup, "Registration"}))
    names.insert(text(get(registration->spec, "service", "name")));
  for (const Workload& workload : in.workloads())
    names.insert(workload.annotation("consul.hashicorp.com/connect-service"));
  return names;
}

}  // namespace weft::rules
