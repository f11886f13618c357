#include <set>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* group : in.all(kinds::http_route_group)) {
    const Value* matches = get(group->spec, "matches");
    if (matches == nullptr) matches = get(group->root, "matches");
    std::set<std::string_view> seen;
    for (const Value& match : items(matches)) {
      const Value* name = get(&match, "name");
      if (get(&match, "pathRegex") == nullptr && items(get(&match, "methods")).empty() &&
          get(&match, "headers") == nullptr)
        out.add(*group, &match, fmt::format("match {} is for every request", text(name)))
            .with("match", text(name));
      if (name != nullptr && !seen.insert(text(name)).second)
        out.add(*group, name, fmt::format("there is a match {} above", text(name)))
            .with("match", text(name));
    }
  }
}

}  // namespace

Rule ws007() {
  return {.id = "WS007",
          .slug = "group-match",
          .mesh = "SMI",
          .category = "routing",
          .title = "a match of an HTTPRouteGroup that says nothing",
          .why =
              "Without path, method and headers it is for every request, so a TrafficTarget that "
              "names it allows all; of two matches with one name only one can be meant.",
          .remedy = "say which requests are meant, and give each match a name of its own",
          .check = check};
}

}  // namespace weft::rules
