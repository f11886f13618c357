#include <unordered_map>

#include "lib/base/format.h"
#include "lib/rules/gateway/route.h"
#include "lib/rules/inventory.h"
#include "lib/rules/linkerd/linkerd.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  std::unordered_map<std::string, const Resource*> profiles;
  for (const Resource* profile : in.all(kinds::service_profile))
    profiles.try_emplace(service_of(*profile), profile);
  if (profiles.empty()) return;
  const auto report = [&](const Resource& route, const Reference& parent) {
    if (!parent.group.empty() && parent.group != "core") return;
    const auto found = profiles.find(fmt::format("{}/{}", parent.ns, parent.name));
    if (parent.kind == "Service" && found != profiles.end())
      out.add(route, parent.value, fmt::format("{} hides it", found->second->title()))
          .with("service", parent.name);
  };
  for (const GroupKind& kind :
       {kinds::http_route, kinds::grpc_route, GroupKind{"policy.linkerd.io", "HTTPRoute"}})
    for (const Resource* route : in.all(kind))
      for (const Reference& parent : parents(*route)) report(*route, parent);
}

}  // namespace

Rule wl012() {
  return {.id = "WL012",
          .slug = "profile-hides-route",
          .mesh = "Linkerd",
          .category = "routing",
          .title = "a route for a Service that has a ServiceProfile",
          .why =
              "Where a ServiceProfile exists Linkerd uses it alone: the route's rules, splits and "
              "timeouts do nothing.",
          .remedy = "move what the profile does into routes and annotations, then delete it",
          .check = check};
}

}  // namespace weft::rules
