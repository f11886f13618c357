#include "lib/rules/istio/injector.h"

namespace weft::rules {

bool InjectorWebhook::takes(const Labels& ns, const Labels& pod) const {
  return selects(get(webhook, "namespaceSelector"), ns) &&
         selects(get(webhook, "objectSelector"), pod);
}

std::vector<InjectorWebhook> injector_webhooks(const Inventory& in) {
  std::vector<InjectorWebhook> all;
  for (const Resource* resource : in.all(kinds::mutating_webhook))
    for (const Value& webhook : items(get(resource->root, "webhooks")))
      if (text(get(&webhook, "name")).ends_with("sidecar-injector.istio.io"))
        all.push_back({resource, &webhook});
  return all;
}

std::optional<doc::Document> injector_values(const Inventory& in) {
  for (const Resource* map : in.all(kinds::config_map)) {
    const Value* values = get(map->root, "data", "values");
    if (!map->name.starts_with("istio-sidecar-injector") || text(values).empty()) continue;
    auto read = doc::read(doc::Source("values", values->string()));
    if (read.ok()) return std::move(*read);
  }
  return std::nullopt;
}

const Resource* mesh_config_map(const Inventory& in) {
  if (in.mesh_config() == nullptr) return nullptr;
  for (const Resource* map : in.all(kinds::config_map))
    if (map->name.starts_with("istio") && !text(get(map->root, "data", "mesh")).empty()) return map;
  return nullptr;
}

bool has_mesh_label(const Resource& ns) {
  return !ns.label("istio-injection").empty() || !ns.label("istio.io/rev").empty() ||
         !ns.label("istio.io/dataplane-mode").empty();
}

}  // namespace weft::rules
