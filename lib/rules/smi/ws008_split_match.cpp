#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* split : in.all(kinds::traffic_split)) {
    for (const Value& match : items(get(split->spec, "matches"))) {
      const Value* name = get(&match, "name");
      if (text(get(&match, "kind")) != "HTTPRouteGroup" || text(name).empty() ||
          in.find(kinds::http_route_group, split->ns, text(name)) != nullptr)
        continue;
      out.add(*split, name, fmt::format("there is no HTTPRouteGroup {}/{}", split->ns, text(name)))
          .with("match", text(name))
          .absence();
    }
  }
}

}  // namespace

Rule ws008() {
  return {.id = "WS008",
          .slug = "split-match",
          .mesh = "SMI",
          .category = "routing",
          .title = "a TrafficSplit for matches that are not there",
          .why = "The split is for requests that no HTTPRouteGroup describes, so it never acts.",
          .remedy = "correct the name, or create the HTTPRouteGroup in the namespace of the split",
          .check = check};
}

}  // namespace weft::rules
