#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* sidecar : in.all(kinds::sidecar))
    for (const Value& egress : items(get(sidecar->spec, "egress")))
      for (const Value& host : items(get(&egress, "hosts")))
        if (text(&host) == "*/*") out.add(*sidecar, &host, "imports every host of every namespace");
}

}  // namespace

Rule wp002() {
  return {.id = "WP002",
          .slug = "sidecar-everything",
          .mesh = "Istio",
          .category = "performance",
          .title = "a Sidecar that limits nothing",
          .why =
              "Each proxy gets the configuration of the whole mesh: memory and the time until a "
              "change arrives grow with the number of services.",
          .remedy = "list the namespaces that the workloads call",
          .check = check};
}

}  // namespace weft::rules
