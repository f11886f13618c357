#include <algorithm>
#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

constexpr std::string_view kGroup = "policy.linkerd.io";

struct Opened {
  std::set<std::string> servers;  // "namespace/name"
  std::set<std::string_view> namespaces;
  std::vector<const Resource*> by_labels;  // ServerAuthorizations with a selector
};

Opened opened(const Inventory& in) {
  Opened all;
  for (const Resource* policy : in.all(kinds::linkerd_policy)) {
    const Value* target = get(policy->spec, "targetRef");
    const std::string_view kind = text(get(target, "kind"));
    if (kind == "Namespace") all.namespaces.insert(policy->ns);
    if (kind == "Server")
      all.servers.insert(fmt::format("{}/{}", policy->ns, text(get(target, "name"))));
  }
  // A route below a Server has policies of its own.
  for (const char* kind : {"HTTPRoute", "GRPCRoute"})
    for (std::string_view group : {kGroup, kinds::gateway.group})
      for (const Resource* route : in.all({group, kind}))
        for (const Value& parent : items(get(route->spec, "parentRefs")))
          all.servers.insert(fmt::format("{}/{}", route->ns, text(get(&parent, "name"))));
  for (const Resource* legacy : in.all({kGroup, "ServerAuthorization"})) {
    const Value* server = get(legacy->spec, "server");
    all.servers.insert(fmt::format("{}/{}", legacy->ns, text(get(server, "name"))));
    if (get(server, "selector") != nullptr) all.by_labels.push_back(legacy);
  }
  return all;
}

bool is_open(const Opened& opened, const Resource& server) {
  if (opened.namespaces.contains(server.ns) || opened.servers.contains(server.full_name()))
    return true;
  return std::any_of(opened.by_labels.begin(), opened.by_labels.end(), [&](const Resource* legacy) {
    return legacy->ns == server.ns &&
           labels_match(get(legacy->spec, "server", "selector", "matchLabels"), server.labels());
  });
}

void check(const Inventory& in, Report& out) {
  const Opened all = opened(in);
  for (const Resource* server : in.all(kinds::linkerd_server)) {
    const Value* access = get(server->spec, "accessPolicy");
    if ((access != nullptr && text(access) != "deny") || is_open(all, *server)) continue;
    out.add(*server, access != nullptr ? access : server->spec, "no policy lets anybody in")
        .absence();
  }
}

}  // namespace

Rule wl009() {
  return {.id = "WL009",
          .slug = "server-refuses-all",
          .mesh = "Linkerd",
          .category = "security",
          .title = "a Server that lets nobody in",
          .why =
              "A port with a Server is closed unless a policy opens it, for probes of the kubelet "
              "too: pods stop being ready.",
          .remedy = "write an AuthorizationPolicy for it, or set accessPolicy",
          .refs = "kyverno:require-linkerd-server kyverno:check-linkerd-authorizationpolicy",
          .check = check};
}

}  // namespace weft::rules
