#include "lib/rules/gateway/route.h"

#include <algorithm>

namespace weft::rules {
namespace {

constexpr std::string_view kGroup = "gateway.networking.k8s.io";

Reference reference(const Value& value, const Resource& route, const GroupKind& usual) {
  Reference out{&value,
                usual.group,
                usual.kind,
                route.ns,
                text(get(&value, "name")),
                integer(get(&value, "port")),
                text(get(&value, "sectionName"))};
  if (const Value* group = get(&value, "group")) out.group = text(group);
  if (const Value* kind = get(&value, "kind")) out.kind = text(kind);
  if (const Value* ns = get(&value, "namespace")) out.ns = text(ns);
  return out;
}

}  // namespace

std::vector<const Resource*> routes_of(const Inventory& in) {
  std::vector<const Resource*> all;
  for (const char* kind : {"HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute"}) {
    const auto routes = in.all({kGroup, kind});
    all.insert(all.end(), routes.begin(), routes.end());
  }
  return all;
}

std::vector<Reference> parents(const Resource& route) {
  std::vector<Reference> all;
  for (const Value& parent : items(get(route.spec, "parentRefs")))
    all.push_back(reference(parent, route, kinds::gateway));
  return all;
}

std::vector<Reference> backends(const Resource& route) {
  std::vector<Reference> all;
  const auto add_mirrors = [&](const Value* filters) {
    for (const Value& filter : items(filters))
      if (const Value* mirrored = get(&filter, "requestMirror", "backendRef"))
        all.push_back(reference(*mirrored, route, kinds::service));
  };
  for (const Value& rule : items(get(route.spec, "rules"))) {
    add_mirrors(get(&rule, "filters"));
    for (const Value& backend : items(get(&rule, "backendRefs"))) {
      all.push_back(reference(backend, route, kinds::service));
      add_mirrors(get(&backend, "filters"));
    }
  }
  return all;
}

bool is_granted(const Inventory& in, const Resource& from, const Reference& to) {
  if (from.ns == to.ns) return true;
  const auto names = [](const Value& entry, std::string_view group, std::string_view kind) {
    return text(get(&entry, "group")) == group && text(get(&entry, "kind")) == kind;
  };
  for (const Resource* grant : in.all(kinds::reference_grant)) {
    if (grant->ns != to.ns) continue;
    const auto sources = items(get(grant->spec, "from"));
    const auto targets = items(get(grant->spec, "to"));
    const bool from_fits = std::any_of(sources.begin(), sources.end(), [&](const Value& entry) {
      return names(entry, from.group, from.kind) && text(get(&entry, "namespace")) == from.ns;
    });
    const bool to_fits = std::any_of(targets.begin(), targets.end(), [&](const Value& entry) {
      const std::string_view name = text(get(&entry, "name"));
      return names(entry, to.group, to.kind) && (name.empty() || name == to.name);
    });
    if (from_fits && to_fits) return true;
  }
  return false;
}

const Value* listener_named(const Resource& gateway, std::string_view name) {
  for (const Value& listener : items(get(gateway.spec, "listeners")))
    if (text(get(&listener, "name")) == name) return &listener;
  return nullptr;
}

}  // namespace weft::rules
