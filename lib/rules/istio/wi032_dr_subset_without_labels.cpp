#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

void check(const Inventory& in, Report& out) {
  for (const Resource* rule : in.all(kinds::destination_rule))
    for (const Value& subset : items(get(rule->spec, "subsets")))
      if (get(&subset, "labels") == nullptr || get(&subset, "labels")->size() == 0)
        out.add(*rule, &subset,
                fmt::format("the subset {} has no labels and stands for every pod of the host",
                            text(get(&subset, "name"))))
            .with("subset", text(get(&subset, "name")));
}

}  // namespace

Rule wi032() {
  return {.id = "WI032",
          .slug = "dr-subset-without-labels",
          .severity = Severity::info,
          .mesh = "Istio",
          .category = "traffic policy",
          .title = "a subset without labels",
          .why =
              "It is the whole host under another name; a split between it and another subset is "
              "not what it looks like.",
          .remedy = "add the labels of the pods that were meant",
          .refs = "KIA0209",
          .check = check};
}

}  // namespace weft::rules
