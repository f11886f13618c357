#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* config : in.all({"config.openservicemesh.io", "MeshConfig"}))
    if (const Value* egress = get(config->spec, "traffic", "enableEgress"); is_true(egress))
      out.add(*config, egress, "every workload may call any address outside the mesh");
}

}  // namespace

Rule ws010() {
  return {
      .id = "WS010",
      .slug = "osm-egress",
      .mesh = "OSM",
      .category = "security",
      .title = "egress to anywhere",
      .why =
          "A compromised workload can send what it finds to any address outside, and no policy "
          "limits or counts it.",
      .remedy = "set enableEgress: false, and write Egress policies for the hosts that are needed",
      .check = check};
}

}  // namespace weft::rules
