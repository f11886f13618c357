#include <map>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

using Key = std::tuple<std::string_view, std::string_view, std::string_view, std::string_view>;

void check(const Inventory& in, Report& out) {
  std::map<Key, std::vector<const Resource*>> same;
  for (const Resource& resource : in.all())
    if (!resource.name.empty())
      same[{resource.group, resource.kind, resource.ns, resource.name}].push_back(&resource);
  for (const auto& [key, copies] : same) {
    if (copies.size() < 2) continue;
    for (const Resource* copy : copies)
      out.add(
          *copy, nullptr,
          fmt::format("given {} times; the one applied last overwrites the others", copies.size()));
  }
}

}  // namespace

Rule wf004() {
  return {.id = "WF004",
          .slug = "object-twice",
          .mesh = "all",
          .category = "files",
          .title = "the same object twice in the input",
          .why = "Whatever is applied last wins, which is seldom what was meant.",
          .remedy = "keep one of them",
          .check = check};
}

}  // namespace weft::rules
