#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* target : in.all(kinds::traffic_target)) {
    const Value* ns = get(target->spec, "destination", "namespace");
    if (!text(ns).empty() && text(ns) != target->ns)
      out.add(*target, ns,
              fmt::format("the object is in {}, its destination in {}", target->ns, text(ns)));
  }
}

}  // namespace

Rule ws004() {
  return {.id = "WS004",
          .slug = "target-namespace",
          .severity = Severity::error,
          .mesh = "SMI",
          .category = "security",
          .title = "a TrafficTarget outside the namespace of its destination",
          .why = "Meshes refuse it: nobody may open a door in somebody else's namespace.",
          .remedy = "move it into the namespace of the destination",
          .check = check};
}

}  // namespace weft::rules
