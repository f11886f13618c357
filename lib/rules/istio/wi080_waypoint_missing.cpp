#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/istio/waypoint.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for_each_waypoint_use(in, [&](const WaypointUse& use) {
    const Resource* gateway = in.find(kinds::gateway, use.ns, use.name);
    const std::string full = fmt::format("{}/{}", use.ns, use.name);
    if (gateway == nullptr)
      out.add(*use.resource, use.label, fmt::format("there is no Gateway {}", full))
          .with("waypoint", full)
          .absence();
    else if (!may_be_waypoint(in, *gateway))
      out.add(*use.resource, use.label,
              fmt::format("{} is of the class {}, which makes no waypoint", gateway->title(),
                          text(get(gateway->spec, "gatewayClassName"))))
          .with("waypoint", full);
  });
}

}  // namespace

Rule wi080() {
  return {.id = "WI080",
          .slug = "waypoint-missing",
          .severity = Severity::error,
          .mesh = "Istio",
          .category = "ambient",
          .title = "istio.io/use-waypoint names a Gateway that is missing or no waypoint",
          .why =
              "Traffic does not pass through a waypoint, so policies and routes for HTTP are not "
              "applied there.",
          .remedy =
              "create a Gateway of class istio-waypoint, or name one; in another namespace it "
              "needs istio.io/use-waypoint-namespace",
          .refs = "IST0171 KIA1313",
          .check = check};
}

}  // namespace weft::rules
