// The meshes and add-ons of one level: each is planned and installed once, and all of them at the
// same time, since nothing in a level needs another part of it.
//
//   std::vector<Installation> all = installations_of(target, resolution, level);
//   plan_all(all, target, is_over);
//   install_all(all, target, is_over);
//   for (const Installation& each : all) if (!each.error()) ...
#pragma once

#include <functional>
#include <vector>

#include "lib/pattern/planning/plan.h"

namespace weft::pattern {

struct Installation {
  std::vector<std::size_t> services{};  // a mesh, and add-ons that are features of it
  MeshOrder order{};
  bool is_unchanged = false;  // known from a plan made just before: only waited for
  base::Result<MeshPlan> plan = MeshPlan{};
  base::Result<void> done{};

  bool is_due() const { return plan.ok() && plan->action != kube::Action::none; }
  bool is_new() const { return is_due() && plan->from.empty(); }
  const base::Error* error() const {
    return !plan.ok() ? &plan.error() : !done.ok() ? &done.error() : nullptr;
  }
};

// In the order of the services, secrets in their values opened.
std::vector<Installation> installations_of(Target& target, const Resolution& resolution,
                                           const std::vector<std::size_t>& services);

// Once `is_over` answers true nothing more is begun; it is called from several threads.
using IsOver = std::function<bool()>;
void plan_all(std::vector<Installation>& all, Target& target, const IsOver& is_over);
// Those that could not be planned are left alone.
void install_all(std::vector<Installation>& all, Target& target, const IsOver& is_over);

}  // namespace weft::pattern
