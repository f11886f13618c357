#include <algorithm>
#include <map>

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/kube/errors.h"
#include "lib/kube/wait.h"
#include "lib/lifecycle/backup.h"
#include "lib/lifecycle/leftovers.h"
#include "lib/lifecycle/lock.h"
#include "lib/lifecycle/removal.h"

namespace weft::lifecycle {

using namespace mesh;

namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using kube::Object;
using kube::Objects;
using kube::Ref;

constexpr std::chrono::seconds kPatience{30};  // before finalizers are stripped by force

class Uninstallation {
 public:
  Uninstallation(Work& work, const Removal& removal, const Actor& actor, Journal& journal)
      : work_(work), removal_(removal), actor_(actor), journal_(journal) {}

  Result<Remains> run();

 private:
  Result<void> offboard();
  Result<void> part(const std::string& name, const std::vector<Ref>& refs);
  Result<void> release(const kube::Release& release);
  Result<void> clean(const std::vector<Cleanup>& cleanups);
  Result<void> clean_group(const Cleanup& cleanup);
  Result<void> gone(const std::vector<Ref>& refs, const char* what);
  Result<void> strip(const Objects& objects);
  Result<void> strip_finalizers_below(const std::vector<Ref>& refs);
  Result<void> keep_custom_resources();
  Result<void> report();

  Event event(Happening what, const std::string& name, std::string text = {}) const {
    return {what, step_, removal_.plan.steps.size(), name, std::move(text)};
  }

  Work& work_;
  const Removal& removal_;
  const Actor& actor_;
  Journal& journal_;
  Remains remains_;
  std::size_t step_ = 0;
};

Result<void> Uninstallation::offboard() {
  if (removal_.offboarding.empty()) return {};
  ++step_;
  work_.tell(event(Happening::started, "offboard"));
  WEFT_CHECK(work_.check("offboarding"));
  const auto waiting = work_.waiting([&](const std::vector<kube::TargetState>& states) {
    for (const kube::TargetState& state : states)
      if (state.readiness.state != kube::State::ready)
        return work_.tell(event(Happening::waiting, "offboard", state.ref.text() + " restarts"));
  });
  WEFT_TRY(outcome, carry_out(work_.cluster, *removal_.mesh, removal_.offboarding, waiting));
  for (const NamespaceOutcome& one : outcome.namespaces)
    if (!one.unsettled.empty())
      remains_.lines.push_back(
          fmt::format("pods of {} with the proxy, until somebody restarts "
                      "them: {}",
                      one.ns, base::join(one.unsettled, ", ")));
  work_.tell(event(Happening::done, "offboard",
                   base::plural(outcome.restarted, "workload") + " restarted"));
  return {};
}

Result<void> Uninstallation::part(const std::string& name, const std::vector<Ref>& refs) {
  if (refs.empty()) return {};
  ++step_;
  work_.tell(event(Happening::started, name));
  WEFT_CHECK(work_.check("removing " + name));
  WEFT_CHECK(work_.cluster.remove(refs, {}));
  work_.tell(event(Happening::done, name, base::plural(refs.size(), "object")));
  return {};
}

Result<void> Uninstallation::release(const kube::Release& release) {
  ++step_;
  work_.tell(event(Happening::started, release.name));
  WEFT_CHECK(work_.check("removing " + release.name));
  WEFT_CHECK(journal_.enter(release.name));
  WEFT_CHECK(work_.helm.uninstall({.release = release.name,
                                   .ns = release.ns,
                                   .description = "weft " + actor_.op,
                                   .timeout = work_.left()}));
  work_.tell(event(Happening::done, release.name));
  return {};
}

Result<void> Uninstallation::strip(const Objects& objects) {
  const doc::Value patch =
      doc::Value().set("metadata", doc::Value().set("finalizers", doc::Value()));
  for (const Object& object : objects) {
    if (kube::list_at(object, {"metadata", "finalizers"}).empty()) continue;
    WEFT_CHECK(work_.cluster.patch(kube::ref_of(object), kube::PatchType::merge, patch));
  }
  return {};
}

Result<void> Uninstallation::clean_group(const Cleanup& cleanup) {
  WEFT_TRY(all, find_crds(work_, *removal_.mesh));
  std::erase_if(all, [&cleanup](const Object& crd) {
    return kube::text_at(crd, {"spec", "group"}) != cleanup.group;
  });
  WEFT_TRY(objects, custom_resources(work_, all));
  if (objects.empty()) return {};
  work_.tell({.text = fmt::format("{} of {}: {}", base::plural(objects.size(), "object"),
                                  cleanup.group, cleanup.why)});
  if (cleanup.action == CleanupAction::strip_finalizers) return strip(objects);
  std::vector<Ref> refs;
  refs.reserve(objects.size());
  for (const Object& object : objects) refs.push_back(kube::ref_of(object));
  WEFT_CHECK(work_.cluster.remove(refs, {}));
  return gone(refs, "custom resources");
}

Result<void> Uninstallation::clean(const std::vector<Cleanup>& cleanups) {
  for (const Cleanup& cleanup : cleanups) {
    if (cleanup.action != CleanupAction::delete_object) {
      // Custom resources stay where their definitions stay.
      if (!removal_.crds.empty()) WEFT_CHECK(clean_group(cleanup));
      continue;
    }
    for (const kube::Kind& kind : kube::known_kinds()) {
      if (kind.kind != cleanup.kind) continue;
      const std::string resource = kind.group.empty()
                                       ? std::string(kind.plural)
                                       : fmt::format("{}.{}", kind.plural, kind.group);
      WEFT_TRY(found, work_.cluster.list(
                          {.resource = resource, .ns = cleanup.ns, .selector = "", .fields = ""}));
      std::vector<Ref> refs;
      for (const Object& object : found)
        if (fits(cleanup.name, kube::name_of(object))) refs.push_back(kube::ref_of(object));
      WEFT_CHECK(work_.cluster.remove(refs, {}));
    }
  }
  return {};
}

// Objects of deleted CRDs and in deleted namespaces are what holds those up.
Result<void> Uninstallation::strip_finalizers_below(const std::vector<Ref>& refs) {
  std::vector<std::optional<Object>> live;
  WEFT_TRY(found, work_.cluster.get_each(refs));
  Objects crds, stuck;
  for (auto& object : found) {
    if (!object) continue;
    if (kube::text_at(*object, {"kind"}) == "CustomResourceDefinition") crds.push_back(*object);
    stuck.push_back(std::move(*object));
  }
  if (crds.empty()) {
    WEFT_TRY(all, find_crds(work_, *removal_.mesh));
    crds = std::move(all);
  }
  WEFT_TRY(resources, custom_resources(work_, crds));
  WEFT_CHECK(strip(resources));
  return strip(stuck);
}

Result<void> Uninstallation::gone(const std::vector<Ref>& refs, const char* what) {
  kube::WaitOptions options = work_.waiting([&](const std::vector<kube::TargetState>& states) {
    for (const kube::TargetState& state : states)
      if (state.readiness.state != kube::State::ready) {
        work_.tell(event(Happening::waiting, what, state.ref.text() + " is going"));
        return;
      }
  });
  if (removal_.options.force)
    options.deadline = std::min(options.deadline, work_.clock.monotonic() + kPatience);
  WEFT_TRY(first, kube::wait_gone(work_.cluster, refs, options));
  if (first.ready()) return {};
  if (removal_.options.force && first.end != kube::WaitEnd::interrupted) {
    WEFT_CHECK(strip_finalizers_below(refs));
    options.deadline = work_.deadline;
    WEFT_TRY(second, kube::wait_gone(work_.cluster, refs, options));
    if (second.ready()) return {};
  }
  if (work_.stop != nullptr && work_.stop->requested()) return work_.check("uninstalling");
  const auto left = first.not_ready();
  return Error{ExitCode::timeout,
               fmt::format("{} does not go", left.empty() ? what : left.front()->ref.text()),
               fmt::format("weft uninstall {} --purge --force strips the finalizers that hold it",
                           removal_.mesh->id)};
}

Result<void> Uninstallation::report() {
  WEFT_TRY(found, find_leftovers(work_, *removal_.mesh));
  const bool purge = removal_.options.purge;
  for (const FoundLeftover& one : found)
    remains_.lines.push_back(
        fmt::format("{}{}{}", one.ref.text(), one.rule->note.empty() ? "" : ": ", one.rule->note));
  WEFT_TRY(crds, find_crds(work_, *removal_.mesh));
  std::map<std::string, std::size_t> groups;
  for (const Object& crd : crds) ++groups[std::string(kube::text_at(crd, {"spec", "group"}))];
  for (const auto& [group, number] : groups)
    remains_.lines.push_back(fmt::format("{} of {}{}",
                                         base::plural(number, "CustomResourceDefinition"), group,
                                         purge ? "" : ": --purge removes them with their objects"));
  for (const Leftover& rule : removal_.mesh->uninstall.leftovers)
    if (rule.kind == "Node")
      remains_.lines.push_back(fmt::format("{} on nodes: {}", rule.name, rule.note));
  return {};
}

Result<void> Uninstallation::keep_custom_resources() {
  if (removal_.crds.empty()) return {};
  WEFT_TRY(live, work_.cluster.get_each(removal_.crds));
  Objects crds;
  for (auto& crd : live)
    if (crd) crds.push_back(std::move(*crd));
  WEFT_TRY(backup, back_up(work_, crds, removal_.mesh->id, actor_.op, actor_.state_folder));
  remains_.backup = backup;
  return {};
}

Result<Remains> Uninstallation::run() {
  WEFT_CHECK(keep_custom_resources());
  WEFT_CHECK(offboard());
  // Before their servers, without which they would refuse what follows.
  WEFT_CHECK(part("webhooks", removal_.webhooks));
  WEFT_CHECK(clean(removal_.mesh->uninstall.before));
  for (const kube::Release& one : removal_.releases) WEFT_CHECK(release(one));
  WEFT_CHECK(part("objects", removal_.objects));
  WEFT_CHECK(clean(removal_.mesh->uninstall.after));
  WEFT_CHECK(part("leftovers", removal_.leftovers));
  if (!removal_.crds.empty()) {
    WEFT_CHECK(part("crds", removal_.crds));
    WEFT_CHECK(gone(removal_.crds, "crds"));
  }
  if (!removal_.namespaces.empty()) {
    WEFT_CHECK(part("namespaces", removal_.namespaces));
    WEFT_CHECK(gone(removal_.namespaces, "namespaces"));
  }
  WEFT_CHECK(report());
  return std::move(remains_);
}

}  // namespace

Result<Remains> remove_mesh(Work& work, const Removal& removal, const Actor& actor) {
  const std::string home = home_of(*removal.mesh);
  WEFT_TRY(live, work.cluster.get(kube::make_ref("v1", "Namespace", "", home)));
  std::unique_ptr<Lock> lock;
  if (live) {
    WEFT_TRY(taken, Lock::take(work, {removal.mesh->id, home, actor.op, actor.holder},
                               actor.is_dead, actor.break_lock));
    lock = std::move(taken);
  }
  Record record = removal.installed.record.value_or(Record{.mesh = removal.mesh->id});
  Journal journal(work, std::move(record), home, actor.state_folder);
  if (live)
    WEFT_CHECK(journal.begin({.id = actor.op,
                              .verb = "uninstall",
                              .from = removal.plan.from,
                              .started = work.clock.wall()}));
  auto remains = Uninstallation(work, removal, actor, journal).run();
  if (remains.ok()) {
    WEFT_CHECK(journal.forget());
    return remains;
  }
  const bool interrupted = remains.error().code == ExitCode::interrupted;
  if (live) journal.end(interrupted ? Phase::interrupted : Phase::failed, remains.error().message);
  return remains;
}

}  // namespace weft::lifecycle
