#include "cmd/lifecycle/carry_out.h"

#include <ostream>

#include "cmd/confirm.h"
#include "cmd/lifecycle/canary.h"
#include "cmd/lifecycle/operation.h"
#include "cmd/lifecycle/plan_text.h"
#include "cmd/lifecycle/preflight.h"
#include "cmd/output.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/doc/read.h"
#include "lib/doc/write.h"
#include "lib/lifecycle/plan_json.h"
#include "lib/lifecycle/values.h"
#include "lib/mesh/platform.h"
#include "lib/mesh/preflight.h"
#include "lib/mesh/upgrade_path.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;
using lifecycle::Stage;

bool names_detail(const std::string& text) {
  return text == "summary" || text == "full" || text == "diff";
}

Detail detail_of(const InstallOptions& options) {
  if (options.detail == "full") return Detail::full;
  return options.detail == "diff" ? Detail::diff : Detail::summary;
}

Result<void> check_status(const mesh::Mesh& mesh, const InstallOptions& options) {
  if (mesh.status.state != mesh::State::ended || options.force) return {};
  std::string instead = mesh.status.successor;
  for (const std::string& id : mesh.status.replaced_by)
    instead += fmt::format("{}weft install {}", instead.empty() ? "" : ", ", id);
  return Error{ExitCode::no,
               fmt::format("{} has ended{}{}", mesh.name, mesh.status.since.empty() ? "" : " in ",
                           mesh.status.since),
               instead.empty() ? "--force installs it nevertheless" : instead}
      .because(mesh.status.note);
}

// `install` of what is there keeps its version; another one is an upgrade's business.
Result<void> settle_version(const mesh::Mesh& mesh, const std::string& verb,
                            const std::string& installed, const lifecycle::Setup& setup,
                            const InstallOptions& options, bool canary) {
  if (verb == "upgrade") {
    if (installed.empty())
      return Error{ExitCode::no, fmt::format("{} is not installed", mesh.id),
                   "weft install " + mesh.id};
    return mesh::check_path(mesh, installed, setup.version.version, canary, options.force);
  }
  if (installed.empty() || installed == setup.version.version) return {};
  return Error{ExitCode::usage,
               fmt::format("{} {} is installed, not {}", mesh.id, installed, setup.version.version),
               fmt::format("weft upgrade {} --version {}", mesh.id, setup.version.version)};
}

// The record keeps no secrets; the release does.
Result<void> restore_secrets(Operation& op, const lifecycle::Installed& installed,
                             lifecycle::Order& order) {
  for (lifecycle::GivenValues& given : order.values) {
    const mesh::Step* step = op.mesh->step(given.step);
    if (step == nullptr || installed.find(step->release, step->ns) == nullptr) continue;
    WEFT_TRY(release, op.work.helm.values({step->release, step->ns}, 0, false));
    if (!lifecycle::restore_secrets(given.values, release))
      return Error{ExitCode::input,
                   fmt::format("a secret value of step {} is no longer in its release", given.step),
                   "give it again with --values, or --reset-values to start anew"};
  }
  return {};
}

// What the cluster asks for by itself is settled at the first installation: later the mesh's own
// objects are among what is seen.
void settle_automatic(const mesh::Mesh& mesh, const mesh::Snapshot& snapshot,
                      const std::optional<lifecycle::Record>& record, mesh::Request& request) {
  std::set<std::string> traits = mesh::traits_of(snapshot);
  if (record) {
    traits.clear();
    for (const std::string& name : record->features)
      if (const mesh::Feature* feature = mesh.feature(name)) traits.insert(feature->automatic);
  }
  mesh::add_automatic(mesh, traits, request);
}

// How a canary ends depends on what stands in the cluster.
Result<void> check_offline(const mesh::Mesh& mesh, Stage stage) {
  if (stage == Stage::finish)
    return Error{ExitCode::usage, "without a cluster nobody knows which canary would be finished",
                 "--dry-run server asks it"};
  return stage == Stage::begin ? lifecycle::check_stage(mesh, std::nullopt, stage) : Result<void>{};
}

Result<lifecycle::Prepared> prepare(Operation& op, const InstallOptions& options,
                                    const std::string& verb, const std::string& cache) {
  lifecycle::PlanOptions how{verb, options.adopt};
  WEFT_TRY(stage, stage_of(options));
  if (dry_run_of(options) == DryRun::client) {
    WEFT_CHECK(check_offline(*op.mesh, stage));
    WEFT_TRY(order, order_of(options, *op.mesh, std::nullopt, cache));
    WEFT_TRY(setup, lifecycle::set_up(op.work.helm, *op.mesh, order));
    WEFT_TRY(revision, lifecycle::settle_revision(setup, std::nullopt, stage, options.revision));
    how.canary = revision;
    return lifecycle::plan_offline(op.work, std::move(setup), how);
  }
  WEFT_TRY(snapshot, mesh::read_snapshot(op.work.cluster, &op.work.helm, mesh::preflight_parts()));
  WEFT_TRY(installed, lifecycle::look_up(op.work, *op.mesh, op.actor.state_folder, snapshot));
  WEFT_TRY(order, order_of(options, *op.mesh, installed.record, cache));
  WEFT_CHECK(restore_secrets(op, installed, order));
  WEFT_CHECK(lifecycle::check_stage(*op.mesh, installed.record, stage));
  if (stage == Stage::finish) {
    order.version = installed.record->canary.version;
    if (!options.force)
      WEFT_CHECK(lifecycle::check_abandoned(op.work, *op.mesh, *installed.record, stage));
  }
  const std::string version = lifecycle::installed_version(*op.mesh, installed);
  if (verb == "install" && order.version.empty() && !order.charts.local()) order.version = version;
  settle_automatic(*op.mesh, snapshot, installed.record, order.request);
  WEFT_TRY(setup, lifecycle::set_up(op.work.helm, *op.mesh, order));
  const bool canary = stage != Stage::none;
  WEFT_CHECK(settle_version(*op.mesh, verb, version, setup, options, canary));
  WEFT_TRY(revision, lifecycle::settle_revision(setup, installed.record, stage, options.revision));
  how.canary = revision;
  if (snapshot.server) how.server_version = snapshot.server->version.text;
  how.api_versions = snapshot.api_versions;
  const PreflightFlags flags{options.ignore, options.adopt, canary};
  WEFT_TRY(warnings, check_before(op, snapshot, setup, installed, flags));
  WEFT_TRY(prepared, lifecycle::plan_install(op.work, std::move(setup), std::move(installed), how));
  WEFT_TRY(more, check_rights_of(op, snapshot, prepared, flags));
  if (stage == Stage::finish) {
    WEFT_TRY(ends, lifecycle::plan_end(op.work, *op.mesh, prepared.installed, stage));
    prepared.plan.steps.insert(prepared.plan.steps.end(), ends.begin(), ends.end());
  }
  for (const auto* some : {&warnings, &more})
    prepared.plan.warnings.insert(prepared.plan.warnings.end(), some->begin(), some->end());
  return std::move(prepared);
}

Result<void> compare_with_file(const InstallOptions& options, const lifecycle::Plan& now) {
  WEFT_TRY(text, base::read_file(options.detail));
  WEFT_TRY(document, doc::read_json(doc::Source{options.detail, std::move(text)}));
  WEFT_TRY(planned, lifecycle::read_plan(document));
  const std::string found = difference(planned, now);
  if (found.empty()) return {};
  return Error{ExitCode::no,
               fmt::format("the plan in {} is not what would happen now", options.detail),
               "make the plan again and look at it"}
      .because(found);
}

// The plan, where it belongs: the result of a dry run, else told before the question.
Result<void> show_plan(Context& context, const InstallOptions& options,
                       const lifecycle::Plan& plan) {
  if (!options.plan_out.empty())
    WEFT_CHECK(base::write_file(options.plan_out, doc::write_json(to_document(plan))));
  const Detail detail = detail_of(options);
  if (dry_run_of(options) == DryRun::none) {
    if (!context.quiet) context.err << plan_text(plan, detail, context.err_term);
    context.err.flush();
  } else if (is_structured(context)) {
    print(context, to_document(plan));
  } else {
    context.out << plan_text(plan, detail, context.out_term);
  }
  return {};
}

doc::Value document_of(const lifecycle::Prepared& prepared, const lifecycle::Outcome& outcome,
                       const std::string& op) {
  doc::Value steps = doc::Value::list();
  for (const lifecycle::StepOutcome& step : outcome.steps) {
    doc::Value one;
    one.set("release", step.release)
        .set("namespace", step.ns)
        .set("action", name_of(step.action))
        .set("revision", step.revision)
        .set("seconds", std::chrono::duration<double>(step.took).count());
    steps.push(std::move(one));
  }
  doc::Value notes = doc::Value::list();
  for (const std::string& note : outcome.notes) notes.push(note);
  doc::Value out;
  out.set("schema", "weft.operation/v1")
      .set("op", op)
      .set("verb", prepared.plan.verb)
      .set("mesh", prepared.plan.mesh)
      .set("mode", prepared.plan.mode)
      .set("from", prepared.plan.from)
      .set("version", prepared.plan.to)
      .set("changed", prepared.plan.changes_anything())
      .set("steps", std::move(steps))
      .set("notes", std::move(notes))
      .set("backup", outcome.backup);
  return out;
}

void tell_result(Context& context, const lifecycle::Prepared& prepared,
                 const lifecycle::Outcome& outcome, const std::string& op) {
  if (is_structured(context)) {
    print(context, document_of(prepared, outcome, op));
    return;
  }
  const lifecycle::Plan& plan = prepared.plan;
  const bool changed = plan.changes_anything();
  if (context.output == Output::name)
    context.out << plan.mesh << '\n';
  else
    context.out << fmt::format("{} {} {}\n", plan.mesh, plan.to,
                               !changed                 ? "is unchanged"
                               : plan.verb == "upgrade" ? "is upgraded"
                                                        : "is installed");
  if (context.quiet) return;
  for (const std::string& note : outcome.notes) context.err << fmt::format("note: {}\n", note);
  if (!outcome.backup.empty())
    context.err << fmt::format("note: custom resources and their definitions are kept in {}\n",
                               outcome.backup);
  if (changed && !prepared.setup->selection.onboarding.empty())
    context.err << fmt::format("next: weft mesh onboard {} NAMESPACE; weft check {}\n", plan.mesh,
                               plan.mesh);
}

Result<ExitCode> execute(Context& context, const InstallOptions& options, Operation& op,
                         lifecycle::Prepared& prepared) {
  const lifecycle::Plan& plan = prepared.plan;
  const bool from_file = !names_detail(options.detail);
  if (from_file) WEFT_CHECK(compare_with_file(options, plan));
  if (plan.changes_anything() && !options.yes && !from_file)
    WEFT_CHECK(confirm(context, fmt::format("{} {} on {}?", plan.verb, plan.mesh, plan.context)));
  lifecycle::ExecuteOptions how{.wait = !options.no_wait};
  const bool by_default = options.rollback.empty() && plan.verb == "upgrade";
  if (options.rollback == "auto" || by_default) how.on_failure = lifecycle::OnFailure::roll_back;
  op.actor.break_lock = options.break_lock;
  auto outcome = lifecycle::execute(op.work, prepared, op.actor, how);
  if (outcome.ok() && options.finish) {
    auto ended = lifecycle::end_canary(op.work, *op.mesh, Stage::finish, op.actor);
    if (!ended.ok()) outcome = std::move(ended).error();
  }
  op.progress.finish();
  if (!outcome.ok()) return outcome.error();
  tell_result(context, prepared, *outcome, op.actor.op);
  return ExitCode::done;
}

}  // namespace

Result<ExitCode> carry_out(Context& context, const InstallOptions& options,
                           const std::string& verb) {
  WEFT_TRY(op, open_operation(context, options.cluster, options.mesh, options.events));
  WEFT_CHECK(check_status(*op->mesh, options));
  WEFT_TRY(stage, stage_of(options));
  if (stage == Stage::abort) return abort_canary(context, options, *op);
  auto prepared = prepare(*op, options, verb, context.env.cache_dir());
  op->progress.finish();
  if (!prepared.ok()) return prepared.error();
  lifecycle::Plan& plan = prepared->plan;
  plan.helm_version = op->session.helm_program().version.text;
  WEFT_CHECK(show_plan(context, options, plan));
  if (dry_run_of(options) != DryRun::none)
    return options.exit_code && plan.changes_anything() ? ExitCode::no : ExitCode::done;
  return execute(context, options, *op, *prepared);
}

}  // namespace weft::cmd
