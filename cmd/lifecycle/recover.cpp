#include "lib/lifecycle/recover.h"

#include <memory>
#include <ostream>

#include "cmd/confirm.h"
#include "cmd/lifecycle/lifecycle.h"
#include "cmd/lifecycle/operation.h"
#include "cmd/output.h"
#include "lib/base/format.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;

struct Options {
  std::string mesh;
  ClusterFlags cluster;
  bool yes = false;
  bool dry_run = false;
  bool break_lock = false;
  std::string events;
};

doc::Value document_of(const lifecycle::Recovery& recovery) {
  doc::Value repairs = doc::Value::list();
  for (const lifecycle::Repair& repair : recovery.repairs) {
    doc::Value one;
    one.set("release", repair.name.release)
        .set("namespace", repair.name.ns)
        .set("status", kube::status_name(repair.status))
        .set("repair", repair.text());
    repairs.push(std::move(one));
  }
  doc::Value out;
  out.set("schema", "weft.recovery/v1")
      .set("mesh", recovery.mesh->id)
      .set("unfinished", recovery.unfinished)
      .set("repairs", std::move(repairs));
  return out;
}

std::string text_of(const lifecycle::Recovery& recovery) {
  std::string out;
  for (const lifecycle::Repair& repair : recovery.repairs) out += repair.text() + '\n';
  if (recovery.unfinished) {
    const lifecycle::Operation& op = recovery.installed.record->op;
    out += fmt::format("{} {} died at step {}\n", op.verb, op.id, op.step);
  }
  return out;
}

Result<ExitCode> run(Context& context, const Options& options) {
  WEFT_TRY(op, open_operation(context, options.cluster, options.mesh, options.events));
  WEFT_TRY(installed, lifecycle::look_up(op->work, *op->mesh, op->actor.state_folder));
  WEFT_TRY(recovery, lifecycle::plan_recovery(op->work, *op->mesh, std::move(installed)));
  if (recovery.nothing() || options.dry_run) {
    if (is_structured(context)) return print(context, document_of(recovery));
    context.out << (recovery.nothing() ? fmt::format("nothing of {} needs repair\n", op->mesh->id)
                                       : text_of(recovery));
    return ExitCode::done;
  }
  if (!context.quiet) context.err << text_of(recovery);
  if (!options.yes) WEFT_CHECK(confirm(context, fmt::format("repair {}?", op->mesh->id)));
  op->actor.break_lock = options.break_lock;
  const auto repaired = lifecycle::recover(op->work, recovery, op->actor);
  op->progress.finish();
  if (!repaired.ok()) return repaired.error();
  if (is_structured(context)) return print(context, document_of(recovery));
  context.out << fmt::format("{} is repaired; weft install {} or weft upgrade {} goes on\n",
                             op->mesh->id, op->mesh->id, op->mesh->id);
  return ExitCode::done;
}

}  // namespace

cli::Command mesh_recover_command() {
  auto options = std::make_shared<Options>();
  std::vector<cli::Flag> flags{cli::flag("--yes", options->yes, "do not ask").as('y'),
                               events_flag(options->events),
                               cli::flag("--dry-run", options->dry_run, "say what would be done"),
                               cli::flag("--break-lock", options->break_lock,
                                         "when the run that holds the lock is known to be gone")};
  return {
      .name = "recover",
      .summary = "Put right what an operation that died left half done",
      .description =
          "Releases that are pending go back to the revision that was deployed, or go away when "
          "there was none; missing CRDs come back; a lock whose holder is gone is broken. The "
          "command that died can be repeated without this, too.",
      .examples = {{"weft mesh recover istio", "shows what it found, then asks"},
                   {"weft mesh recover istio --dry-run", "look only"}},
      .arguments = {cli::argument("MESH", options->mesh, "the mesh")},
      .flags = with_cluster_flags(options->cluster, std::move(flags)),
      .exit_notes = {{ExitCode::unconfirmed, "not confirmed, nothing was changed"}},
      .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
