#include "lib/rules/consul/consul.h"

namespace weft::rules {

ConsulProtocol consul_protocol(const Inventory& in, std::string_view service) {
  for (const Resource* defaults : in.all({kConsulGroup, "ServiceDefaults"}))
    if (const Value* protocol = get(defaults->spec, "protocol");
        defaults->name == service && protocol != nullptr)
      return {text(protocol), true};
  for (const Resource* defaults : in.all({kConsulGroup, "ProxyDefaults"}))
    if (const Value* protocol = get(defaults->spec, "config", "protocol"))
      return {text(protocol), true};
  return {};
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
