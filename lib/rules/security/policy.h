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

struct Account {
  std::string_view ns;
  std::string_view name;
};
// Of "cluster.local/ns/shop/sa/web"; absent for other trust domains, wildcards and other forms.
std::optional<Account> local_account(std::string_view principal);

// pathNormalization of the mesh as written, "" when nothing is.
std::string_view path_normalization(const Inventory& in);
// True when the mesh takes // for / before policies see a path.
bool merges_slashes(const Inventory& in);

// The policy reads more of a request than the address and identity of its peer: ztunnel cannot.
bool needs_http(const Resource& policy);

}  // namespace weft::rules
