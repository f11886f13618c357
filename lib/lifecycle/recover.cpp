#include "lib/lifecycle/recover.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/kube/crds.h"
#include "lib/lifecycle/lock.h"
#include "lib/lifecycle/render.h"
#include "lib/lifecycle/rollback.h"

namespace weft::lifecycle {

using namespace mesh;

namespace {

using base::Result;
using kube::ReleaseStatus;

Result<int> last_good(Work& work, const kube::ReleaseName& name) {
  WEFT_TRY(history, work.helm.history(name));
  int best = 0;
  for (const kube::Revision& one : history)
    if (one.status == ReleaseStatus::deployed || one.status == ReleaseStatus::superseded)
      best = std::max(best, one.revision);
  return best;
}

// CRDs of the release's templates that somebody removed.
Result<kube::Objects> missing_crds(Work& work, const kube::Release& release) {
  WEFT_TRY(detail, work.helm.status({release.name, release.ns}, release.revision));
  WEFT_TRY(objects, detail.objects());
  kube::Objects crds = kube::crds_among(objects);
  std::vector<kube::Ref> refs;
  for (const kube::Object& crd : crds) refs.push_back(kube::ref_of(crd));
  if (refs.empty()) return kube::Objects{};
  WEFT_TRY(live, work.cluster.get_each(refs));
  kube::Objects missing;
  for (std::size_t i = 0; i < crds.size(); ++i)
    if (!live[i]) {
      own_by_release(crds[i], release.name, release.ns);
      missing.push_back(std::move(crds[i]));
    }
  return missing;
}

}  // namespace

std::string Repair::text() const {
  switch (remedy) {
    case Remedy::roll_back:
      return fmt::format("{} is {}: roll back to revision {}", name.release,
                         kube::status_name(status), revision);
    case Remedy::remove:
      return fmt::format("{} is {} and never was deployed: remove it", name.release,
                         kube::status_name(status));
    case Remedy::restore:
      break;
  }
  return fmt::format("{} misses CRDs: apply {}", name.release, crds.size());
}

Result<Recovery> plan_recovery(Work& work, const Mesh& mesh, Installed installed) {
  Recovery out{&mesh, std::move(installed), {}, false};
  const auto& record = out.installed.record;
  out.unfinished = record && record->op.phase == Phase::running;
  std::vector<kube::ReleaseName> names;
  for (const Step& step : mesh.steps) names.push_back({step.release, step.ns});
  if (record)
    for (const RecordedStep& step : record->steps)
      if (std::ranges::none_of(names, [&step](const auto& name) {
            return name.release == step.release && name.ns == step.ns;
          }))
        names.push_back({step.release, step.ns});
  for (const kube::ReleaseName& name : names) {
    const kube::Release* release = out.installed.find(name.release, name.ns);
    if (release == nullptr) continue;
    if (release->status == ReleaseStatus::deployed) {
      WEFT_TRY(missing, missing_crds(work, *release));
      if (!missing.empty())
        out.repairs.push_back(
            {name, release->status, Remedy::restore, release->revision, std::move(missing)});
      continue;
    }
    WEFT_TRY(revision, last_good(work, name));
    const bool gone = revision == 0 || release->status == ReleaseStatus::uninstalling;
    out.repairs.push_back(
        {name, release->status, gone ? Remedy::remove : Remedy::roll_back, gone ? 0 : revision});
  }
  return out;
}

Result<void> recover(Work& work, const Recovery& recovery, const Actor& actor) {
  const std::string home = home_of(*recovery.mesh);
  const auto lock = Lock::take(work, {recovery.mesh->id, home, actor.op, actor.holder},
                               actor.is_dead, actor.break_lock);
  if (!lock.ok()) return lock.error();
  for (const Repair& repair : recovery.repairs) {
    WEFT_CHECK(work.check("repairing " + repair.name.release));
    if (repair.remedy == Remedy::restore) {
      work.tell({.release = repair.name.release, .text = repair.text()});
      WEFT_CHECK(kube::apply_crds(work.cluster, repair.crds, work.waiting({})));
    } else {
      WEFT_CHECK(heal(work, repair.name, repair.revision, actor.op));
    }
  }
  if (!recovery.installed.record) return {};
  Record record = *recovery.installed.record;
  if (recovery.unfinished) end(record, Phase::failed, work.clock.wall(), "the run died");
  for (const Repair& repair : recovery.repairs)
    std::erase_if(record.steps, [&repair](const RecordedStep& step) {
      return repair.remedy != Remedy::restore && step.release == repair.name.release &&
             step.ns == repair.name.ns && repair.revision == 0;
    });
  Journal journal(work, std::move(record), home, actor.state_folder);
  WEFT_CHECK(journal.begin({.id = actor.op, .verb = "recover", .started = work.clock.wall()}));
  journal.end(Phase::done);
  return {};
}

}  // namespace weft::lifecycle
