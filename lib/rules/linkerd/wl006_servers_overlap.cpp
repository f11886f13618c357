#include <map>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/linkerd/linkerd.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  std::map<std::pair<const Workload*, std::int64_t>, const Resource*> owners;
  for (const Resource* server : in.all(kinds::linkerd_server)) {
    const Value* selector = get(server->spec, "podSelector");
    const Value* port = get(server->spec, "port");
    if (selector == nullptr || get(selector, "matchExpressions") != nullptr) continue;
    const Resource* other = nullptr;
    for (const Workload* workload : in.select(server->ns, get(selector, "matchLabels"))) {
      const auto number = container_port(*workload, port);
      if (!number) continue;
      const auto [owner, is_first] = owners.try_emplace({workload, *number}, server);
      if (!is_first && other == nullptr) other = owner->second;
    }
    if (other != nullptr)
      out.add(*server, port, fmt::format("{} has this port of the same pods", other->title()))
          .with("other", other->name);
  }
}

}  // namespace

Rule wl006() {
  return {.id = "WL006",
          .slug = "servers-overlap",
          .mesh = "Linkerd",
          .category = "security",
          .title = "two Servers for one port of a pod",
          .why =
              "Linkerd's webhook refuses the second; where it does not run, which of the two "
              "policies holds is not defined.",
          .remedy = "keep one, or select different pods",
          .refs = "linkerd-policy-validator",
          .check = check};
}

}  // namespace weft::rules
