#include <map>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

constexpr std::string_view kGroup = "policy.openservicemesh.io";

void check(const Inventory& in, Report& out) {
  std::map<std::string, const Resource*> owners;
  for (const Resource* setting : in.all({kGroup, "UpstreamTrafficSetting"})) {
    const Value* host = get(setting->spec, "host");
    if (text(host).empty()) continue;
    const auto [owner, is_first] =
        owners.try_emplace(fmt::format("{}/{}", setting->ns, base::lower(text(host))), setting);
    if (!is_first)
      out.add(*setting, host, fmt::format("{} is for this host", owner->second->title()))
          .with("host", text(host));
  }
  for (const Resource* egress : in.all({kGroup, "Egress"})) {
    for (const Value& match : items(get(egress->spec, "matches"))) {
      const Value* kind = get(&match, "kind");
      if (kind != nullptr && text(kind) != "HTTPRouteGroup" &&
          text(kind) != "UpstreamTrafficSetting")
        out.add(*egress, kind, fmt::format("Egress matches no {}", text(kind)))
            .with("kind", text(kind));
    }
  }
}

}  // namespace

Rule ws012() {
  return {.id = "WS012",
          .slug = "osm-traffic-settings",
          .severity = Severity::error,
          .mesh = "OSM",
          .category = "routing",
          .title = "a policy of OSM that another one contradicts or that names the wrong kind",
          .why =
              "The webhook refuses a second UpstreamTrafficSetting for a host, and Egress matches "
              "other than HTTPRouteGroup and UpstreamTrafficSetting.",
          .remedy =
              "merge the settings of one host; let Egress name an HTTPRouteGroup or an "
              "UpstreamTrafficSetting",
          .refs = "osm-webhook",
          .check = check};
}

}  // namespace weft::rules
