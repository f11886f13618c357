#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* server : in.all(kinds::linkerd_server)) {
    const Value* labels = get(server->spec, "podSelector", "matchLabels");
    if (labels == nullptr || labels->size() == 0 || !in.select(server->ns, labels).empty())
      continue;
    out.add(*server, labels, fmt::format("no workload of {} has these labels", server->ns))
        .absence();
  }
}

}  // namespace

Rule wl005() {
  return {.id = "WL005",
          .slug = "server-selects-nothing",
          .severity = Severity::error,
          .mesh = "Linkerd",
          .category = "security",
          .title = "a Server selects no pod",
          .why = "Policies for this Server protect nothing.",
          .remedy = "use labels that the pods in its namespace have",
          .check = check};
}

}  // namespace weft::rules
