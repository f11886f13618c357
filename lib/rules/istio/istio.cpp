#include "lib/rules/istio/istio.h"

#include <algorithm>
#include <set>

namespace weft::rules {
namespace {

void add(std::vector<Destination>& all, const Value* value, const Value& rule, bool is_mirror) {
  if (value == nullptr) return;
  all.push_back({value, &rule, text(get(value, "host")), text(get(value, "subset")),
                 integer(get(value, "port", "number")), is_mirror});
}

}  // namespace

std::span<const Value> routes(const Resource& virtual_service, std::string_view kind) {
  return items(get(virtual_service.spec, kind));
}

std::vector<Destination> destinations(const Resource& virtual_service) {
  std::vector<Destination> all;
  for (const char* kind : {"http", "tls", "tcp"}) {
    for (const Value& rule : routes(virtual_service, kind)) {
      for (const Value& route : items(get(&rule, "route")))
        add(all, get(&route, "destination"), rule, false);
      add(all, get(&rule, "mirror"), rule, true);
      for (const Value& mirror : items(get(&rule, "mirrors")))
        add(all, get(&mirror, "destination"), rule, true);
    }
  }
  return all;
}

std::vector<const Value*> gateways_of(const Resource& virtual_service) {
  std::vector<const Value*> all;
  for (const Value& gateway : items(get(virtual_service.spec, "gateways")))
    if (!text(&gateway).empty()) all.push_back(&gateway);
  return all;
}

bool is_for_mesh(const Resource& virtual_service) {
  const auto gateways = gateways_of(virtual_service);
  return gateways.empty() ||
         std::any_of(gateways.begin(), gateways.end(),
                     [](const Value* gateway) { return text(gateway) == "mesh"; });
}

const Resource* gateway_named(const Inventory& in, std::string_view name, std::string_view ns) {
  if (const std::size_t slash = name.find('/'); slash != std::string_view::npos) {
    ns = name.substr(0, slash);
    name = name.substr(slash + 1);
  }
  return in.find(kinds::istio_gateway, ns, name);
}

bool hosts_overlap(std::string_view a, std::string_view b) {
  if (a == "*" || b == "*" || a == b) return true;
  const bool wild_a = a.starts_with("*.");
  const bool wild_b = b.starts_with("*.");
  if (wild_a && wild_b) return a.ends_with(b.substr(1)) || b.ends_with(a.substr(1));
  if (wild_a) return b.ends_with(a.substr(1));
  return wild_b && a.ends_with(b.substr(1));
}

DestinationRules::DestinationRules(const Inventory& in) {
  for (const Resource* rule : in.all(kinds::destination_rule))
    by_host_[qualified(text(get(rule->spec, "host")), rule->ns)].push_back(rule);
}

std::vector<const Resource*> DestinationRules::find(std::string_view host,
                                                    std::string_view ns) const {
  std::vector<const Resource*> all;
  const auto take = [&](const std::string& name) {
    const auto found = by_host_.find(name);
    if (found == by_host_.end()) return;
    std::copy_if(found->second.begin(), found->second.end(), std::back_inserter(all),
                 [ns](const Resource* rule) { return is_exported(*rule, ns); });
  };
  const std::string full = qualified(host, ns);
  take(full);
  for (std::size_t dot = full.find('.'); dot != std::string::npos; dot = full.find('.', dot + 1))
    take("*" + full.substr(dot));
  take("*");
  return all;
}

const Value* subset_named(const Resource& destination_rule, std::string_view name) {
  for (const Value& subset : items(get(destination_rule.spec, "subsets")))
    if (text(get(&subset, "name")) == name) return &subset;
  return nullptr;
}

std::vector<Credential> gateway_credentials(const Inventory& in) {
  std::vector<Credential> all;
  for (const Resource* gateway : in.all(kinds::istio_gateway)) {
    std::set<std::string_view> namespaces;
    for (const Workload* workload : in.select({}, get(gateway->spec, "selector")))
      namespaces.insert(workload->resource->ns);
    for (const Value& server : items(get(gateway->spec, "servers"))) {
      const Value* name = get(&server, "tls", "credentialName");
      if (text(name).empty()) continue;
      for (std::string_view ns : namespaces)
        all.push_back({gateway, name, ns, in.find(kinds::secret, ns, text(name))});
    }
  }
  return all;
}

std::vector<const Workload*> selected(const Inventory& in, const Resource& resource,
                                      const Value* labels) {
  const bool everywhere = resource.ns == in.settings().root_namespace;
  return in.select(everywhere ? std::string_view() : resource.ns, labels);
}

}  // namespace weft::rules
