// The sources and operations of Istio's AuthorizationPolicies.
#pragma once

#include <functional>
#include <string_view>

#include "lib/rules/inventory.h"

namespace weft::rules {

// Every entry of a field of sources ("namespaces", "principals"), with or without its not-form.
void for_each_source(const Resource& policy, std::string_view field,
                     const std::function<void(const Value&)>& visit);
// The same for operations ("methods", "hosts", "paths").
void for_each_operation(const Resource& policy, std::string_view field,
                        const std::function<void(const Value&)>& visit);

}  // namespace weft::rules
