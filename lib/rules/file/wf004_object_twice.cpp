#include <algorithm>

#include "lib/base/format.h"
#include "lib/rules/inventory.h"
#include "lib/rules/report.h"

namespace weft::rules {
namespace {

bool are_same(const Resource& a, const Resource& b) {
  return a.name == b.name && a.ns == b.ns && a.kind == b.kind && a.group == b.group;
}

void check(const Inventory& in, Report& out) {
  const auto all = in.all();  // by name: copies stand next to each other
  for (auto first = all.begin(), end = first; first != all.end(); first = end) {
    end =
        std::find_if(first, all.end(), [&](const Resource& one) { return !are_same(*first, one); });
    if (end - first < 2 || first->name.empty()) continue;
    for (auto copy = first; copy != end; ++copy)
      out.add(
          *copy, nullptr,
          fmt::format("given {} times; the one applied last overwrites the others", end - first));
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
