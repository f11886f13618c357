#include "lib/pattern/planning/meshes.h"

#include <optional>

#include "lib/base/format.h"
#include "lib/lifecycle/removal.h"
#include "lib/mesh/upgrade_path.h"

namespace weft::pattern {
namespace {

using base::Result;
using lifecycle::Prepared;

lifecycle::Order order_of(const MeshOrder& order, const mesh::ChartSources& charts,
                          const std::string& installed) {
  lifecycle::Order out{.version = order.version, .charts = charts};
  // What is there is kept unless the pattern asks for another version.
  if (out.version.empty() && !charts.local()) out.version = installed;
  out.request = {.mode = order.mode, .profile = order.profile, .features = order.features};
  if (order.values.is_map()) out.values.push_back({.values = order.values});
  out.secrets = order.secrets;
  return out;
}

}  // namespace

Result<const mesh::Mesh*> LifecycleMeshes::find(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return catalog_.find(id);
}

Result<Prepared> LifecycleMeshes::prepare(const MeshOrder& order) {
  WEFT_TRY(mesh, find(order.id));
  WEFT_CHECK(mesh::check_installable(*mesh));
  WEFT_TRY(installed, lifecycle::look_up(work_, *mesh, actor_.state_folder));
  const std::string version = lifecycle::installed_version(*mesh, installed);
  WEFT_TRY(setup, lifecycle::set_up(work_.helm, *mesh, order_of(order, charts_, version)));
  lifecycle::PlanOptions how{.verb = "install"};
  if (!version.empty() && version != setup.version.version) {
    how.verb = "upgrade";
    WEFT_CHECK(mesh::check_path(*mesh, version, setup.version.version, false, false));
  }
  return lifecycle::plan_install(work_, std::move(setup), std::move(installed), how);
}

Result<MeshPlan> LifecycleMeshes::plan(const MeshOrder& order) {
  WEFT_TRY(prepared, prepare(order));
  MeshPlan out{.from = prepared.plan.from, .to = prepared.plan.to};
  if (prepared.plan.changes_anything())
    out.action = out.from.empty() ? kube::Action::create : kube::Action::update;
  const std::lock_guard lock(mutex_);
  planned_.insert_or_assign(order.id, Planned{order, std::move(prepared)});
  return out;
}

Result<void> LifecycleMeshes::install(const MeshOrder& order) {
  const auto take = [this, &order] {
    const std::lock_guard lock(mutex_);
    auto planned = planned_.extract(order.id);
    return !planned.empty() && planned.mapped().order == order
               ? std::optional<Prepared>(std::move(planned.mapped().prepared))
               : std::nullopt;
  };
  std::optional<Prepared> planned = take();
  if (!planned) {
    WEFT_TRY(made, prepare(order));
    planned = std::move(made);
  }
  // Several go on at the same time: whatever is told says of which one it is.
  lifecycle::Work work = work_;
  work.tell = [this, &order](lifecycle::Event event) {
    if (event.release.empty()) event.release = order.id;
    work_.tell(event);
  };
  WEFT_TRY(outcome, lifecycle::execute(work, *planned, actor_, {}));
  for (const std::string& note : outcome.notes)
    work.tell({.what = lifecycle::Happening::note, .text = note});
  return {};
}

Result<void> LifecycleMeshes::remove(const std::string& id) {
  WEFT_TRY(mesh, find(id));
  WEFT_TRY(installed, lifecycle::look_up(work_, *mesh, actor_.state_folder));
  WEFT_TRY(removal, lifecycle::plan_removal(work_, *mesh, std::move(installed), catalog_, {}));
  if (removal.nothing()) return {};
  WEFT_TRY(remains, lifecycle::remove_mesh(work_, removal, actor_));
  for (const std::string& line : remains.lines)
    work_.tell({.what = lifecycle::Happening::note, .text = "left: " + line});
  return {};
}

}  // namespace weft::pattern
