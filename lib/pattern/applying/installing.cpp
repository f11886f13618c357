#include "lib/pattern/applying/installing.h"

#include <algorithm>

#include "lib/base/parallel.h"

namespace weft::pattern {

std::vector<Installation> installations_of(Target& target, const Resolution& resolution,
                                           const std::vector<std::size_t>& services) {
  std::vector<Installation> out;
  for (std::size_t i : services) {
    const Part& part = resolution.parts[i];
    if (part.type.what != TypeKind::mesh) continue;
    const auto same = std::ranges::find(out, part.order.id,
                                        [](const Installation& each) { return each.order.id; });
    if (same != out.end()) {
      same->services.push_back(i);
      continue;
    }
    out.push_back({.services = {i}, .order = part.order});
    auto order = outgoing_order(target, part);
    if (order.ok())
      out.back().order = std::move(*order);
    else
      out.back().plan = order.error();
  }
  return out;
}

void plan_all(std::vector<Installation>& all, Target& target, const IsOver& is_over) {
  base::in_parallel(target.abreast, all.size(), [&](std::size_t k) {
    if (all[k].plan.ok() && !all[k].is_unchanged && !is_over())
      all[k].plan = target.meshes.plan(all[k].order);
  });
}

void install_all(std::vector<Installation>& all, Target& target, const IsOver& is_over) {
  base::in_parallel(target.abreast, all.size(), [&](std::size_t k) {
    if (all[k].plan.ok() && !is_over()) all[k].done = target.meshes.install(all[k].order);
  });
}

}  // namespace weft::pattern
