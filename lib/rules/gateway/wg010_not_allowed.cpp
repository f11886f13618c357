#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/gateway/route.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

constexpr std::string_view kGroup = "gateway.networking.k8s.io";

bool takes_kind(const Value& listener, const Resource& route) {
  const auto listed = items(get(&listener, "allowedRoutes", "kinds"));
  if (!listed.empty())
    return std::any_of(listed.begin(), listed.end(), [&](const Value& kind) {
      const Value* group = get(&kind, "group");
      return text(get(&kind, "kind")) == route.kind &&
             (group == nullptr ? kGroup : text(group)) == route.group;
    });
  const std::string_view protocol = text(get(&listener, "protocol"));
  if (protocol == "HTTP" || protocol == "HTTPS")
    return route.kind == "HTTPRoute" || route.kind == "GRPCRoute";
  if (protocol == "TLS") return route.kind == "TLSRoute" || route.kind == "TCPRoute";
  if (protocol == "TCP") return route.kind == "TCPRoute";
  if (protocol == "UDP") return route.kind == "UDPRoute";
  return true;  // a protocol of the implementation's own
}

bool takes_namespace(const Inventory& in, const Resource& gateway, const Value& listener,
                     const Resource& route) {
  const Value* namespaces = get(&listener, "allowedRoutes", "namespaces");
  const std::string_view from = text(get(namespaces, "from"));
  if (from.empty() || from == "Same") return route.ns == gateway.ns;
  const Resource* ns = in.ns(route.ns);
  const Value* selector = get(namespaces, "selector");
  if (from != "Selector" || ns == nullptr || get(selector, "matchExpressions") != nullptr)
    return from != "None";
  for (const Member& label : members(get(selector, "matchLabels"))) {
    const bool is_name = label.key == "kubernetes.io/metadata.name";
    if ((is_name ? route.ns : ns->label(label.key)) != scalar_text(&label.value)) return false;
  }
  return true;
}

void check_parent(const Inventory& in, const Resource& route, const Reference& parent,
                  Report& out) {
  const Resource* gateway =
      parent.target() == kinds::gateway ? in.find(kinds::gateway, parent.ns, parent.name) : nullptr;
  bool any = false;
  bool fits_kind = false;
  for (const Value& listener :
       items(gateway == nullptr ? nullptr : get(gateway->spec, "listeners"))) {
    if (!parent.section.empty() && text(get(&listener, "name")) != parent.section) continue;
    if (parent.port && integer(get(&listener, "port")) != parent.port) continue;
    any = true;
    if (!takes_kind(listener, route)) continue;
    fits_kind = true;
    if (takes_namespace(in, *gateway, listener, route)) return;
  }
  if (any)
    out.add(route, parent.value,
            fits_kind
                ? fmt::format("{} takes no routes of namespace {}", gateway->title(), route.ns)
                : fmt::format("{} takes no {} there", gateway->title(), route.kind))
        .with("gateway", gateway->full_name());
}

void check(const Inventory& in, Report& out) {
  for (const Resource* route : routes_of(in))
    for (const Reference& parent : parents(*route)) check_parent(in, *route, parent, out);
}

}  // namespace

Rule wg010() {
  return {.id = "WG010",
          .slug = "not-allowed",
          .severity = Severity::error,
          .mesh = "Gateway API",
          .category = "routing",
          .title = "no listener of the Gateway takes the route",
          .why =
              "Unless allowedRoutes says otherwise a listener takes routes of its own namespace "
              "only, and of the kinds that fit its protocol. The route is not attached; its "
              "requests get 404.",
          .remedy = "open the listener with allowedRoutes, or move the route",
          .check = check};
}

}  // namespace weft::rules
