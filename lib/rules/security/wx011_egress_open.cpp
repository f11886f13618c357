#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/injector.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  const Resource* map = mesh_config_map(in);
  if (map == nullptr) return;
  const std::string_view mode = text(get(in.mesh_config(), "outboundTrafficPolicy", "mode"));
  if (!mode.empty() && mode != "ALLOW_ANY") return;
  out.add(*map, get(map->root, "data", "mesh"),
          mode.empty() ? "outboundTrafficPolicy is not set, and ALLOW_ANY is the default"
                       : "outboundTrafficPolicy is ALLOW_ANY");
}

}  // namespace

Rule wx011() {
  return {
      .id = "WX011",
      .slug = "egress-open",
      .severity = Severity::info,
      .mesh = "Istio",
      .category = "security",
      .title = "workloads may call any host outside the mesh",
      .why =
          "Data can leave for anywhere, and calls to hosts that no ServiceEntry names pass "
          "without routes, policies or full telemetry.",
      .remedy = "set outboundTrafficPolicy.mode to REGISTRY_ONLY and name hosts by ServiceEntry",
      .check = check};
}

}  // namespace weft::rules
