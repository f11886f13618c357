#include <map>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  std::map<std::string, std::vector<const Resource*>> same;
  for (const Resource* group : in.all(kinds::workload_group))
    if (const Value* labels = get(group->spec, "metadata", "labels");
        labels != nullptr && labels->size() != 0)
      same[fmt::format("{} {}", group->ns, canonical(*labels))].push_back(group);
  for (const auto& [key, groups] : same) {
    if (groups.size() < 2) continue;
    for (const Resource* group : groups)
      out.add(*group, get(group->spec, "metadata", "labels"),
              fmt::format("machines of {} have the same labels",
                          (group == groups.front() ? groups[1] : groups.front())->full_name()));
  }
}

}  // namespace

Rule wi108() {
  return {.id = "WI108",
          .slug = "group-labels",
          .mesh = "Istio",
          .category = "workload groups",
          .title = "two WorkloadGroups give their machines the same labels",
          .why = "Services and policies that select one group by labels get the other one too.",
          .remedy = "give each group a label that tells it apart",
          .refs = "KIA1702",
          .check = check};
}

}  // namespace weft::rules
