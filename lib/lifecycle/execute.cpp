#include "lib/lifecycle/execute.h"

#include <algorithm>
#include <set>

#include "lib/base/format.h"
#include "lib/kube/crds.h"
#include "lib/kube/errors.h"
#include "lib/lifecycle/backup.h"
#include "lib/lifecycle/definitions.h"
#include "lib/lifecycle/lock.h"
#include "lib/lifecycle/own_webhook.h"
#include "lib/lifecycle/preparation.h"
#include "lib/lifecycle/readiness.h"
#include "lib/lifecycle/rollback.h"
#include "lib/lifecycle/values.h"

namespace weft::lifecycle {

using namespace mesh;

namespace {

using base::Error;
using base::ExitCode;
using base::Result;

using Targets = std::vector<kube::Target>;

// So long what was seen before the plan counts as still so; a question to the user takes longer.
constexpr std::chrono::seconds kMoment{2};

// Everything the steps brought, changed or not, and what the mesh makes of it; returns notes about
// what of the latter is not ready.
Result<std::vector<std::string>> wait_for_all(Work& work, const Prepared& prepared, Event event) {
  kube::Objects objects;
  for (const PreparedStep& step : prepared.steps)
    objects.insert(objects.end(), step.objects.begin(), step.objects.end());
  Targets all = workloads_of(objects);
  for (auto& target : further_targets(prepared.setup->selection.ready, objects))
    all.push_back(std::move(target));
  return wait_ready(work, all, std::move(event));
}

class Execution {
 public:
  Execution(Work& work, Prepared& prepared, const Actor& actor, const ExecuteOptions& options,
            Journal& journal)
      : work_(work), prepared_(prepared), actor_(actor), options_(options), journal_(journal) {
    namespaces_.insert(home_of(*prepared.setup->mesh));  // the lock is in it
  }

  Result<Outcome> run();

 private:
  Result<void> keep_custom_resources();
  Result<void> run_steps();
  Result<void> run_step(const PreparedStep& step, Event event);
  Result<void> define(const PreparedStep& step, Event event);
  Result<void> establish_for(const PreparedStep& step, Event event);
  Result<int> by_helm(const PreparedStep& step, Event event);
  Result<void> by_apply(const PreparedStep& step);
  Result<void> apply_objects(const kube::Objects& objects);
  Result<void> make_namespace(const std::string& ns, const std::string& pod_security);
  Result<void> wait(const PreparedStep& step, Event event);
  Result<void> verify(Event event);
  Error failed(Error error);

  Work& work_;
  Prepared& prepared_;
  const Actor& actor_;
  const ExecuteOptions& options_;
  Journal& journal_;
  Outcome outcome_;
  std::vector<const PreparedStep*> begun_;
  std::set<std::string> namespaces_;  // known to be there
  kube::Objects definitions_;         // made by helm, not seen to be established
  bool verified_ = false;
};

// The last keys of the fields that controllers are known to edit.
std::vector<std::string> forceable(const Mesh& mesh) {
  std::vector<std::string> out;
  for (const Forced& field : mesh.ssa_force)
    out.push_back(field.path.substr(field.path.rfind('.') + 1));
  return out;
}

// Applies what of the definitions is not there yet and waits until they are established.
Result<void> Execution::define(const PreparedStep& step, Event event) {
  if (step.crds.empty()) return {};
  event.text = "CustomResourceDefinitions";
  work_.tell(event);
  WEFT_CHECK(kube::apply_crds(work_.cluster, step.crds, work_.waiting({})));
  return {};
}

// Waits for definitions that helm made before objects of their kinds are. Without such objects
// nobody asks: the server establishes them within moments, and looking takes longer.
Result<void> Execution::establish_for(const PreparedStep& step, Event event) {
  if (!use(step.objects, definitions_) && !use(step.after, definitions_)) return {};
  Targets targets;
  for (const kube::Object& crd : definitions_) targets.push_back({kube::ref_of(crd), ""});
  definitions_.clear();
  WEFT_CHECK(wait_ready(work_, targets, std::move(event)));
  return {};
}

Result<int> Execution::by_helm(const PreparedStep& step, Event event) {
  const SetupStep& setup = *step.setup;
  const kube::ReleaseName name{setup.step->release, step.ns};
  if (step.died) WEFT_CHECK(heal(work_, name, step.revision_before, actor_.op));
  WEFT_CHECK(make_namespace(step.ns, prepared_.setup->mesh->preflight.psa));
  WEFT_CHECK(prepare_step(work_, *prepared_.setup, setup, actor_.state_folder));
  const PlannedStep& planned = prepared_.plan.steps[event.step - 1];
  for (const Change& crd : planned.crds)
    if (crd.action == kube::Action::create) journal_.record().crds.push_back({crd.ref.name, false});
  const bool by_chart = left_to_helm(step, planned);
  if (!by_chart) WEFT_CHECK(define(step, event));
  kube::Upgrade what;
  what.release = name.release;
  what.ns = name.ns;
  what.chart = setup.chart.chart;
  what.values = setup.values;
  what.create_namespace = false;
  what.labels = {{"weft.dev/mesh", prepared_.setup->mesh->id}, {"weft.dev/op", actor_.op}};
  what.description = fmt::format("weft {} {}, step {} of {}", actor_.weft_version, actor_.op,
                                 event.step, event.steps);
  what.take_ownership = prepared_.options.adopt;
  what.forceable = forceable(*prepared_.setup->mesh);
  event.text = "helm";
  work_.tell(event);
  kube::ReleaseDetail detail;
  const auto upgrade = [&]() -> Result<void> {
    what.timeout = work_.left();
    WEFT_TRY(done, work_.helm.upgrade(what));
    detail = std::move(done);
    return {};
  };
  WEFT_CHECK(offer_to_own_webhook(work_, step.objects, event, upgrade));
  if (by_chart) definitions_.insert(definitions_.end(), step.crds.begin(), step.crds.end());
  put_step(journal_.record(),
           {name.release, name.ns, setup.chart.name, setup.chart.version, setup.chart.digest,
            setup.values_sha256, detail.revision, std::string(kube::status_name(detail.status))});
  return detail.revision;
}

Result<void> Execution::by_apply(const PreparedStep& step) {
  WEFT_CHECK(make_namespace(step.ns, ""));
  if (!step.crds.empty()) WEFT_CHECK(kube::apply_crds(work_.cluster, step.crds, work_.waiting({})));
  return apply_objects(step.objects);
}

Result<void> Execution::make_namespace(const std::string& ns, const std::string& pod_security) {
  if (!namespaces_.insert(ns).second) return {};
  return ensure_namespace(work_, journal_.record(), ns, pod_security);
}

// Applied by ourselves, and remembered: no helm release names them.
Result<void> Execution::apply_objects(const kube::Objects& objects) {
  if (objects.empty()) return {};
  WEFT_CHECK(work_.cluster.apply(objects, {.force = true}));
  for (const kube::Object& object : objects) {
    const kube::Ref ref = kube::ref_of(object);
    auto& known = journal_.record().objects;
    if (ref.kind != "Namespace" && std::ranges::find(known, ref) == known.end())
      known.push_back(ref);
  }
  return {};
}

Result<void> Execution::run_step(const PreparedStep& step, Event event) {
  const auto started = work_.clock.monotonic();
  StepOutcome result{event.release, step.ns};
  if (step.unchanged) {
    event.what = Happening::unchanged;
    work_.tell(event);
    result.revision = step.revision_before;
    outcome_.steps.push_back(result);
    return {};
  }
  work_.tell(event);
  WEFT_CHECK(work_.check("step " + step.name));
  WEFT_CHECK(journal_.enter(step.name));
  begun_.push_back(&step);
  WEFT_CHECK(establish_for(step, event));
  if (step.by_helm) {
    WEFT_TRY(revision, by_helm(step, event));
    result.revision = revision;
    result.action = step.revision_before == 0 ? StepAction::install : StepAction::upgrade;
  } else {
    WEFT_CHECK(by_apply(step));
    result.action = StepAction::apply;
  }
  WEFT_CHECK(wait(step, event));
  WEFT_CHECK(
      offer_to_own_webhook(work_, step.objects, event, [&] { return apply_objects(step.after); }));
  result.took = work_.clock.monotonic() - started;
  event.what = Happening::done;
  event.text = base::format_latency(static_cast<double>(result.took.count()));
  work_.tell(event);
  outcome_.steps.push_back(result);
  return {};
}

// The last step waits for everything: that saves another look.
Result<void> Execution::wait(const PreparedStep& step, Event event) {
  if (!options_.wait) return {};
  if (&step == &prepared_.steps.back() && step.after.empty()) return verify(std::move(event));
  WEFT_CHECK(wait_ready(work_, workloads_of(step.objects), std::move(event)));
  return {};
}

Result<void> Execution::run_steps() {
  const std::size_t steps = prepared_.steps.size();
  for (std::size_t i = 0; i < steps; ++i) {
    const PreparedStep& step = prepared_.steps[i];
    Event event{Happening::started, i + 1, steps, prepared_.plan.steps[i].release, {}};
    auto ran = run_step(step, event);
    if (ran.ok()) continue;
    event.what = Happening::failed;
    event.text = ran.error().message;
    work_.tell(event);
    return ran;
  }
  return {};
}

Result<void> Execution::verify(Event event) {
  if (!options_.wait || verified_) return {};
  WEFT_TRY(notes, wait_for_all(work_, prepared_, std::move(event)));
  outcome_.notes = std::move(notes);
  verified_ = true;
  return {};
}

// Undoes what was begun where that is wanted, and closes the journal.
Error Execution::failed(Error error) {
  if (error.code == ExitCode::interrupted) {
    journal_.end(Phase::interrupted, error.message);
    error.remedy = "run the same command again: it goes on where this one stopped";
    return error;
  }
  if (options_.on_failure == OnFailure::leave || begun_.empty()) {
    journal_.end(Phase::failed, error.message);
    if (error.remedy.empty())
      error.remedy = fmt::format(
          "weft status {0}; after repairs the same command goes on; "
          "weft uninstall {0} removes what is there",
          prepared_.setup->mesh->id);
    return error;
  }
  const auto undone = roll_back(work_, begun_, actor_.op);
  journal_.end(undone.ok() ? Phase::rolled_back : Phase::failed, error.message);
  if (undone.ok()) {
    error.message += "; rolled back";
    error.cause +=
        fmt::format("{}CustomResourceDefinitions and running proxies are as they are now",
                    error.cause.empty() ? "" : "\n");
  } else {
    error.message += "; the rollback failed too";
    error.cause += fmt::format("{}{}: {}", error.cause.empty() ? "" : "\n", undone.error().message,
                               undone.error().cause);
    error.remedy = fmt::format("weft mesh recover {}", prepared_.setup->mesh->id);
  }
  return error;
}

// Before definitions change: what people made with them.
Result<void> Execution::keep_custom_resources() {
  std::vector<kube::Ref> refs;
  for (const PlannedStep& step : prepared_.plan.steps)
    for (const Change& change : step.crds)
      if (change.action != kube::Action::create) refs.push_back(change.ref);
  if (refs.empty()) return {};
  WEFT_TRY(live, work_.cluster.get_each(refs));
  kube::Objects crds;
  for (auto& crd : live)
    if (crd) crds.push_back(std::move(*crd));
  WEFT_TRY(path, back_up(work_, crds, prepared_.setup->mesh->id, actor_.op, actor_.state_folder));
  outcome_.backup = path;
  return {};
}

Result<Outcome> Execution::run() {
  auto ran = keep_custom_resources();
  if (ran.ok()) ran = run_steps();
  if (ran.ok()) ran = verify({});
  if (!ran.ok()) return failed(std::move(ran).error());
  journal_.end(Phase::done);
  return std::move(outcome_);
}

Record begin_record(const Prepared& prepared, const Actor& actor) {
  Record record = prepared.installed.record.value_or(Record{});
  const Setup& setup = *prepared.setup;
  record.mesh = setup.mesh->id;
  record.mode = setup.selection.mode;
  record.profile = setup.order.request.profile;
  if (prepared.options.canary.empty())
    record.version = setup.version.version;
  else
    record.canary = {prepared.options.canary, setup.version.version};
  record.weft = actor.weft_version;
  record.features = setup.selection.features;
  record.registry = setup.order.registry;
  record.values = doc::Value::map();
  for (const auto& [step, values] : setup.user_values)
    record.values.set(step, without_secrets(values, setup.order.secrets));
  for (const PreparedStep& step : prepared.steps)
    if (step.setup != nullptr && step.by_helm &&
        find_step(record, step.setup->step->release, step.ns) == nullptr)
      put_step(record, {step.setup->step->release, step.ns, step.setup->chart.name});
  return record;
}

bool record_is_current(const Prepared& prepared) {
  const auto& record = prepared.installed.record;
  return record && record->op.phase == Phase::done &&
         (prepared.options.canary.empty() ? record->version == prepared.setup->version.version
                                          : record->canary.revision == prepared.options.canary);
}

}  // namespace

Result<Outcome> execute(Work& work, Prepared& prepared, const Actor& actor,
                        const ExecuteOptions& options) {
  const Setup& setup = *prepared.setup;
  const std::string home = home_of(*setup.mesh);
  Record record = begin_record(prepared, actor);
  if (!prepared.plan.changes_anything() && record_is_current(prepared)) {
    Outcome outcome;
    for (const PreparedStep& step : prepared.steps)
      outcome.steps.push_back({step.setup == nullptr ? step.name : step.setup->step->release,
                               step.ns,
                               StepAction::unchanged,
                               step.revision_before,
                               {}});
    if (!options.wait) return outcome;
    WEFT_TRY(notes, wait_for_all(work, prepared, {}));
    outcome.notes = std::move(notes);
    return outcome;
  }
  const kube::Object home_object = namespace_object(home, setup.mesh->preflight.psa);
  const auto& missing_at = prepared.installed.home_missing_at;
  const bool home_is_missing = missing_at && work.clock.monotonic() - *missing_at < kMoment;
  const auto lock = Lock::take(work, {setup.mesh->id, home, actor.op, actor.holder}, actor.is_dead,
                               actor.break_lock, &home_object, home_is_missing);
  if (!lock.ok()) return lock.error();
  if ((*lock)->made_home()) note_namespace(record, home);
  Journal journal(work, std::move(record), home, actor.state_folder);
  const auto first = std::ranges::find(prepared.steps, false, &PreparedStep::unchanged);
  WEFT_CHECK(journal.begin({.id = actor.op,
                            .verb = prepared.plan.verb,
                            .from = prepared.plan.from,
                            .to = prepared.plan.to,
                            .started = work.clock.wall(),
                            .step = first == prepared.steps.end() ? "" : first->name}));
  return Execution(work, prepared, actor, options, journal).run();
}

}  // namespace weft::lifecycle
