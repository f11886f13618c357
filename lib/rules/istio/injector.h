// Istio's control plane as the input has it: the webhooks of its injector, and the ConfigMaps with
// the values of its chart and the configuration of the mesh.
#pragma once

#include <optional>
#include <vector>

#include "lib/rules/inventory.h"
#include "lib/rules/label_selector.h"

namespace weft::rules {

struct InjectorWebhook {
  const Resource* resource = nullptr;
  const Value* webhook = nullptr;

  std::string_view name() const { return text(get(webhook, "name")); }
  bool takes(const Labels& ns, const Labels& pod) const;
};
std::vector<InjectorWebhook> injector_webhooks(const Inventory& in);

// The values of the first injector; absent when none is in the input.
std::optional<doc::Document> injector_values(const Inventory& in);

// The ConfigMap that Inventory::mesh_config() was read from, or nullptr.
const Resource* mesh_config_map(const Inventory& in);

// istio-injection, istio.io/rev or istio.io/dataplane-mode: the namespace says whether it is in.
bool has_mesh_label(const Resource& ns);

}  // namespace weft::rules
