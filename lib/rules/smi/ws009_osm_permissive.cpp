#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* config : in.all({"config.openservicemesh.io", "MeshConfig"}))
    if (const Value* mode = get(config->spec, "traffic", "enablePermissiveTrafficPolicyMode");
        is_true(mode))
      out.add(*config, mode, "every workload of the mesh may call every other");
}

}  // namespace

Rule ws009() {
  return {.id = "WS009",
          .slug = "osm-permissive",
          .mesh = "OSM",
          .category = "security",
          .title = "a mesh in permissive mode",
          .why = "Every workload may call every other; TrafficTargets are passed over.",
          .remedy =
              "set enablePermissiveTrafficPolicyMode: false, and write TrafficTargets for the "
              "calls that should work",
          .check = check};
}

}  // namespace weft::rules
