// Policies of Kuma and what they refer to.
#pragma once

#include <string_view>
#include <vector>

#include "lib/rules/inventory.h"

namespace weft::rules {

inline constexpr std::string_view kKumaGroup = "kuma.io";

// Objects of Kuma whose spec has targetRef, to, from or rules: MeshTimeout, MeshRetry, ...
std::vector<const Resource*> kuma_policies(const Inventory& in);

// A targetRef or backendRef of a policy.
struct KumaReference {
  const Resource* policy = nullptr;
  const Value* value = nullptr;  // {kind, name, namespace}
};
std::vector<KumaReference> kuma_references(const Inventory& in);

}  // namespace weft::rules
