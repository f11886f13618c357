// Routes of the Gateway API: what they attach to and where they lead.
#pragma once

#include <string_view>
#include <vector>

#include "lib/rules/inventory.h"

namespace weft::rules {

// A reference as routes write it, with the defaults of the field filled in.
struct Reference {
  const Value* value = nullptr;
  std::string_view group;
  std::string_view kind;
  std::string_view ns;
  std::string_view name;
  std::optional<std::int64_t> port;
  std::string_view section;

  GroupKind target() const { return {group, kind}; }
};

// HTTPRoute, GRPCRoute, TCPRoute, TLSRoute, UDPRoute.
std::vector<const Resource*> routes_of(const Inventory& in);
std::vector<Reference> parents(const Resource& route);  // a Gateway when no kind is given
std::vector<Reference> backends(
    const Resource& route);  // a Service when no kind is given; filters too

// A ReferenceGrant lets `from` refer to `to`; always true within one namespace.
bool is_granted(const Inventory& in, const Resource& from, const Reference& to);

const Value* listener_named(const Resource& gateway, std::string_view name);

}  // namespace weft::rules
