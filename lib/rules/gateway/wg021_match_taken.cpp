#include <unordered_map>

#include "lib/base/format.h"
#include "lib/rules/gateway/route.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

// The places that a route is asked at: "namespace/gateway/section/port host".
std::vector<std::string> places(const Resource& route) {
  std::vector<std::string> all;
  for (const Reference& parent : parents(route)) {
    const std::string at = fmt::format("{} {}/{}/{}/{}", parent.kind, parent.ns, parent.name,
                                       parent.section, parent.port.value_or(0));
    const bool is_producer = parent.kind != "Service" || parent.ns == route.ns;
    const auto hosts = items(get(route.spec, "hostnames"));
    const std::string whose = is_producer ? std::string() : fmt::format("{} ", route.ns);
    if (hosts.empty()) all.push_back(whose + at + " *");
    for (const Value& host : hosts) all.push_back(fmt::format("{}{} {}", whose, at, text(&host)));
  }
  return all;
}

void check(const Inventory& in, Report& out) {
  std::unordered_map<std::string, const Resource*> owners;
  const auto take = [&](const Resource& route, const Value& at, const std::string& match) {
    const Resource* other = nullptr;
    for (const std::string& place : places(route)) {
      const auto [owner, is_first] = owners.try_emplace(place + match, &route);
      if (!is_first && other == nullptr) other = owner->second;
    }
    if (other == &route)
      out.add(route, &at, "a rule above has the same match");
    else if (other != nullptr)
      out.add(route, &at, fmt::format("{} has the same match", other->title()));
  };
  for (const Resource* route : in.all(kinds::http_route)) {
    for (const Value& rule : items(get(route->spec, "rules"))) {
      for (const Value& match : items(get(&rule, "matches"))) take(*route, match, canonical(match));
      if (items(get(&rule, "matches")).empty()) take(*route, rule, "everything");
    }
  }
}

}  // namespace

Rule wg021() {
  return {.id = "WG021",
          .slug = "match-taken",
          .severity = Severity::info,
          .mesh = "Gateway API",
          .category = "routing",
          .title = "a match that another rule has already",
          .why =
              "Of equal matches the first rule of the oldest route wins, and by name when two are "
              "equally old. The other one never sees a request.",
          .remedy = "remove one of them, or tell them apart by a header",
          .check = check};
}

}  // namespace weft::rules
