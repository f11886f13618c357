#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/waypoint.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

constexpr std::string_view kMode = "istio.io/dataplane-mode";

// What is known to be outside ambient mode; a namespace that is not in the input may be inside.
bool is_outside(const Inventory& in, const WaypointUse& use) {
  if (use.resource->is(kinds::ns)) return use.resource->label(kMode) != "ambient";
  if (use.workload != nullptr && in.is_ambient(*use.workload)) return false;
  const Resource* ns = in.ns(use.resource->ns);
  if (ns == nullptr || ns->label(kMode) == "ambient") return false;
  // Single pods can be in ambient mode by their own label.
  for (const Workload* workload : in.select(use.resource->ns, get(use.resource->spec, "selector")))
    if (in.is_ambient(*workload)) return false;
  return true;
}

void check(const Inventory& in, Report& out) {
  for_each_waypoint_use(in, [&](const WaypointUse& use) {
    // Hosts outside the cluster use a waypoint from wherever their clients are.
    if (use.resource->is(kinds::service_entry) || !is_outside(in, use)) return;
    out.add(*use.resource, use.label,
            fmt::format("names the waypoint {}, but is not in ambient mode", use.name))
        .with("waypoint", use.name);
  });
}

}  // namespace

Rule wi081() {
  return {.id = "WI081",
          .slug = "waypoint-without-ambient",
          .mesh = "Istio",
          .category = "ambient",
          .title = "istio.io/use-waypoint on something that is not in ambient mode",
          .why =
              "ztunnel is what leads traffic to a waypoint. Where it does not take part, the label "
              "does nothing.",
          .remedy = "label the namespace istio.io/dataplane-mode=ambient, or remove the label",
          .refs = "KIA1312",
          .check = check};
}

}  // namespace weft::rules
