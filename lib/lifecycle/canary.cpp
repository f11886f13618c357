#include "lib/lifecycle/canary.h"

#include <algorithm>
#include <set>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/lifecycle/lock.h"
#include "lib/lifecycle/render.h"
#include "lib/lifecycle/values.h"

namespace weft::lifecycle {

using namespace mesh;

namespace {

using base::Error;
using base::ExitCode;
using base::Result;

const std::string& leaving(const Record& record, Stage stage) {
  return stage == Stage::abort ? record.canary.revision : record.revision;
}

const std::string& staying(const Record& record, Stage stage) {
  return stage == Stage::abort ? record.revision : record.canary.revision;
}

Result<void> use_revision(Setup& setup, const std::string& revision, bool default_tag) {
  const Canary& canary = setup.mesh->upgrade.canary;
  for (SetupStep& step : setup.steps) {
    if (!is_canary_step(*setup.mesh, *step.step)) continue;
    Step& own = setup.own_steps.emplace_back(*step.step);
    own.release = release_of(own, revision);
    step.step = &own;
    WEFT_CHECK(set_path(step.values, canary.value, revision));
    if (default_tag && !canary.tags.empty())
      WEFT_CHECK(set_path(step.values, canary.tags + "[0]", "default"));
    step.values_sha256 = hash_of(step.values);
  }
  // What the mesh's file calls ready bears the name without revision.
  setup.selection.ready.clear();
  return {};
}

void leave_the_rest(Setup& setup) {
  std::erase_if(setup.steps, [&setup](const SetupStep& step) {
    return step.step->crds == Crds::none && !is_canary_step(*setup.mesh, *step.step);
  });
  setup.selection.manifests.clear();
}

std::string hyphened(std::string version) {
  std::replace(version.begin(), version.end(), '.', '-');
  return version;
}

}  // namespace

bool is_canary_step(const Mesh& mesh, const Step& step) {
  return std::ranges::count(mesh.upgrade.canary.steps, step.name) > 0;
}

std::string release_of(const Step& step, const std::string& revision) {
  return revision.empty() ? step.release : fmt::format("{}-{}", step.release, revision);
}

Result<void> check_stage(const Mesh& mesh, const std::optional<Record>& record, Stage stage) {
  if (stage != Stage::none && mesh.upgrade.canary.steps.empty())
    return Error{ExitCode::usage, fmt::format("{} has no canary upgrades", mesh.name),
                 fmt::format("weft upgrade {} upgrades in place", mesh.id)};
  const bool running = record && !record->canary.revision.empty();
  if (!running && (stage == Stage::finish || stage == Stage::abort))
    return Error{ExitCode::no, fmt::format("{} has no canary", mesh.id),
                 fmt::format("weft upgrade {} --canary", mesh.id)};
  if (running && stage == Stage::none)
    return Error{ExitCode::no,
                 fmt::format("{} has a canary, revision {}", mesh.id, record->canary.revision),
                 fmt::format("weft upgrade {} --finish or --abort first", mesh.id)};
  return {};
}

Result<std::string> settle_revision(Setup& setup, const std::optional<Record>& record, Stage stage,
                                    const std::string& asked) {
  const std::string present = record ? record->revision : std::string();
  if (stage != Stage::begin) {
    const std::string revision = stage == Stage::finish ? record->canary.revision : present;
    if (!revision.empty()) WEFT_CHECK(use_revision(setup, revision, true));
    return std::string();
  }
  const std::string revision = asked.empty() ? hyphened(setup.version.version) : asked;
  if (revision == present)
    return Error{ExitCode::usage,
                 fmt::format("revision {} of {} is the one that runs", revision, setup.mesh->id),
                 "give the canary another name: --revision NAME"};
  if (record && !record->canary.revision.empty() && record->canary.revision != revision)
    return Error{ExitCode::no,
                 fmt::format("{} has a canary already, revision {}", setup.mesh->id,
                             record->canary.revision),
                 fmt::format("weft upgrade {} --finish or --abort first", setup.mesh->id)};
  WEFT_CHECK(use_revision(setup, revision, false));
  leave_the_rest(setup);
  return revision;
}

Result<void> check_abandoned(Work& work, const Mesh& mesh, const Record& record, Stage stage) {
  const std::string& label = mesh.upgrade.canary.pod_label;
  if (label.empty()) return {};
  const std::string revision = leaving(record, stage).empty() ? "default" : leaving(record, stage);
  WEFT_TRY(pods, work.cluster.list({.resource = "pods",
                                    .ns = "",
                                    .selector = fmt::format("{}={}", label, revision),
                                    .fields = ""}));
  std::set<std::string> namespaces;
  for (const kube::Object& pod : pods) namespaces.emplace(kube::namespace_of(pod));
  for (const Step& step : mesh.steps) namespaces.erase(step.ns);
  if (namespaces.empty()) return {};
  const std::vector<std::string> names(namespaces.begin(), namespaces.end());
  const std::string& stays = staying(record, stage);
  return Error{ExitCode::no,
               fmt::format("pods still belong to revision {} of {}: their proxies would lose it",
                           revision, mesh.id),
               fmt::format("weft mesh onboard {} {}{}{} first; --force if they may", mesh.id,
                           base::join(names, " "), stays.empty() ? "" : " --revision ", stays)}
      .because(fmt::format("in {}", base::join(names, ", ")));
}

Result<std::vector<PlannedStep>> plan_end(Work& work, const Mesh& mesh, const Installed& installed,
                                          Stage stage) {
  std::vector<PlannedStep> out;
  for (const Step& step : mesh.steps) {
    if (!is_canary_step(mesh, step)) continue;
    const std::string name = release_of(step, leaving(*installed.record, stage));
    const kube::Release* release = installed.find(name, step.ns);
    if (release == nullptr) continue;
    PlannedStep planned{name, step.ns, StepAction::uninstall, release->chart};
    planned.from_version = release->chart_version;
    WEFT_TRY(detail, work.helm.status({name, step.ns}, release->revision));
    WEFT_TRY(objects, detail.objects());
    fill_namespaces(objects, step.ns, objects);
    for (const kube::Object& object : objects)
      planned.objects.push_back({kube::Action::remove, kube::ref_of(object)});
    out.push_back(std::move(planned));
  }
  return out;
}

Result<void> end_canary(Work& work, const Mesh& mesh, Stage stage, const Actor& actor) {
  WEFT_TRY(installed, look_up(work, mesh, actor.state_folder));
  WEFT_CHECK(check_stage(mesh, installed.record, stage));
  const Record record = *installed.record;
  const std::string home = home_of(mesh);
  const auto lock =
      Lock::take(work, {mesh.id, home, actor.op, actor.holder}, actor.is_dead, actor.break_lock);
  if (!lock.ok()) return lock.error();
  Journal journal(work, record, home, actor.state_folder);
  WEFT_CHECK(journal.begin({.id = actor.op, .verb = "upgrade", .started = work.clock.wall()}));
  for (const Step& step : mesh.steps) {
    if (!is_canary_step(mesh, step)) continue;
    const std::string release = release_of(step, leaving(record, stage));
    work.tell({.release = release, .text = "removing"});
    auto gone = work.helm.uninstall({.release = release,
                                     .ns = step.ns,
                                     .description = "weft " + actor.op,
                                     .timeout = work.left()});
    if (!gone.ok()) {
      journal.end(Phase::failed, gone.error().message);
      return gone;
    }
    std::erase_if(journal.record().steps, [&](const RecordedStep& known) {
      return known.release == release && known.ns == step.ns;
    });
  }
  journal.record().revision = staying(record, stage);
  journal.record().canary = {};
  journal.end(Phase::done);
  return {};
}

}  // namespace weft::lifecycle
