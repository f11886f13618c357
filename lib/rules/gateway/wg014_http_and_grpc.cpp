#include <unordered_map>

#include "lib/base/format.h"
#include "lib/rules/gateway/route.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// "namespace/gateway/section/port host": one entry for each parent and hostname of a route.
std::vector<std::string> places(const Resource& route) {
  std::vector<std::string> all;
  for (const Reference& parent : parents(route)) {
    if (parent.target() != kinds::gateway) continue;
    for (const Value& host : items(get(route.spec, "hostnames")))
      all.push_back(fmt::format("{}/{}/{}/{} {}", parent.ns, parent.name, parent.section,
                                parent.port.value_or(0), text(&host)));
  }
  return all;
}

void check(const Inventory& in, Report& out) {
  std::unordered_map<std::string, const Resource*> taken;
  for (const Resource* route : in.all(kinds::http_route))
    for (std::string& place : places(*route)) taken.try_emplace(std::move(place), route);
  for (const Resource* route : in.all(kinds::grpc_route)) {
    for (const std::string& place : places(*route)) {
      const auto found = taken.find(place);
      if (found == taken.end()) continue;
      const std::string host = place.substr(place.find(' ') + 1);
      out.add(*route, get(route->spec, "hostnames"),
              fmt::format("{} is for {} at the same listener", found->second->title(), host))
          .with("host", host);
      break;
    }
  }
}

}  // namespace

Rule wg014() {
  return {.id = "WG014",
          .slug = "http-and-grpc",
          .severity = Severity::error,
          .mesh = "Gateway API",
          .category = "routing",
          .title = "an HTTPRoute and a GRPCRoute for one host",
          .why =
              "A host of a listener belongs to one kind of route. The older object keeps it, the "
              "other is refused.",
          .remedy = "use different hostnames, or match the gRPC paths in the HTTPRoute",
          .check = check};
}

}  // namespace weft::rules
