#include "lib/rules/istio/istio.h"

#include <algorithm>
#include <set>

namespace weft::rules {
std::span<const Value> routes(const Resource& virtual_service, std::string_view kind) {
  return items(get(virtual_service.spec, kind));
}

Destinations::Destinations(const Inventory& in) {
  for (const Resource* vs : in.all(kinds::virtual_service)) {
    for (const char* kind : {"http", "tls", "tcp"}) {
      for (const Value& rule : routes(*vs, kind)) {
        for (const Value& route : items(get(&rule, "route")))
          add(in, *vs, get(&route, "destination"), &route);
        add(in, *vs, get(&rule, "mirror"), nullptr);
        for (const Value& mirror : items(get(&rule, "mirrors")))
          add(in, *vs, get(&mirror, "destination"), nullptr);
      }
    }
  }
}

void Destinations::add(const Inventory& in, const Resource& vs, const Value* value,
                       const Value* route) {
  if (value == nullptr) return;
  const std::string_view host = text(get(value, "host"));
  all_.push_back({&vs, value, route, host, text(get(value, "subset")),
                  integer(get(value, "port", "number")), in.hosts().find(host, vs.ns),
                  in.view<DestinationRules>().find(host, vs.ns)});
}

const Value* Destination::subset_value() const {
  for (const Resource* rule : rules)
    if (const Value* found = subset_named(*rule, subset)) return found;
  return nullptr;
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
  has_wildcards_ = std::any_of(by_host_.begin(), by_host_.end(),
                               [](const auto& entry) { return entry.first.starts_with('*'); });
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
  if (!has_wildcards_) return all;
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
