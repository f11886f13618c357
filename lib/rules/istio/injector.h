// Istio's sidecar injector as the input has it: its webhooks, and the values of its chart that the
// control plane keeps in a ConfigMap.
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

// istio-injection, istio.io/rev or istio.io/dataplane-mode: the namespace says whether it is in.
bool has_mesh_label(const Resource& ns);

}  // namespace weft::rules
