#include <memory>
#include <ostream>

#include "cmd/confirm.h"
#include "cmd/lifecycle/lifecycle.h"
#include "cmd/lifecycle/operation.h"
#include "cmd/lifecycle/plan_text.h"
#include "cmd/output.h"
#include "lib/base/format.h"
#include "lib/lifecycle/plan_json.h"
#include "lib/lifecycle/removal.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;

struct Options {
  std::string mesh;
  ClusterFlags cluster;
  lifecycle::RemovalOptions removal;
  bool yes = false;
  bool dry_run = false;
  bool exit_code = false;
  bool break_lock = false;
  std::string events;
  std::string detail = "summary";
};

Detail detail_of(const Options& options) {
  if (options.detail == "full") return Detail::full;
  return options.detail == "diff" ? Detail::diff : Detail::summary;
}

void tell_remains(Context& context, const lifecycle::Removal& removal,
                  const lifecycle::Remains& remains) {
  if (is_structured(context)) {
    doc::Value left = doc::Value::list();
    for (const std::string& line : remains.lines) left.push(line);
    doc::Value out;
    out.set("schema", "weft.uninstall/v1")
        .set("mesh", removal.mesh->id)
        .set("version", removal.plan.from)
        .set("remains", std::move(left))
        .set("backup", remains.backup);
    print(context, out);
    return;
  }
  context.out << fmt::format("{} is uninstalled\n", removal.mesh->id);
  for (const std::string& line : remains.lines) context.out << fmt::format("  left: {}\n", line);
  if (!remains.backup.empty())
    context.err << fmt::format("note: the deleted custom resources are kept in {}\n",
                               remains.backup);
}

Result<ExitCode> run(Context& context, const Options& options) {
  WEFT_TRY(op, open_operation(context, options.cluster, options.mesh, options.events));
  WEFT_TRY(installed, lifecycle::look_up(op->work, *op->mesh, op->actor.state_folder));
  auto removal = lifecycle::plan_removal(op->work, *op->mesh, std::move(installed), op->catalog,
                                         options.removal);
  op->progress.finish();
  if (!removal.ok()) return removal.error();
  lifecycle::Plan& plan = removal->plan;
  plan.helm_version = op->session.helm_program().version.text;
  if (removal->nothing()) {
    if (is_structured(context)) return print(context, to_document(plan));
    context.out << fmt::format("{} is not installed\n", op->mesh->id);
    return ExitCode::done;
  }
  if (options.dry_run) {
    if (is_structured(context))
      print(context, to_document(plan));
    else
      context.out << plan_text(plan, detail_of(options), context.out_term);
    return options.exit_code ? ExitCode::no : ExitCode::done;
  }
  if (!context.quiet) context.err << plan_text(plan, detail_of(options), context.err_term);
  if (!options.yes)
    WEFT_CHECK(confirm(context, fmt::format("uninstall {} from {}?", op->mesh->id, plan.context)));
  op->actor.break_lock = options.break_lock;
  auto remains = lifecycle::remove_mesh(op->work, *removal, op->actor);
  op->progress.finish();
  if (!remains.ok()) return remains.error();
  tell_remains(context, *removal, *remains);
  return ExitCode::done;
}

}  // namespace

cli::Command uninstall_command() {
  auto options = std::make_shared<Options>();
  std::vector<cli::Flag> flags{
      cli::flag("--offboard", options->removal.offboard,
                "first take its namespaces out of the mesh and restart their pods"),
      cli::flag("--purge", options->removal.purge,
                "also CRDs with their objects, namespaces and leftovers that no other mesh uses"),
      cli::flag("--keep-crds", options->removal.keep_crds, "even with --purge"),
      cli::flag("--force", options->removal.force, "strip finalizers of what does not go"),
      cli::flag("--adopt", options->removal.adopt, "also releases that weft did not install"),
      cli::flag("--dry-run", options->dry_run, "show the plan only"),
      cli::flag("--exit-code", options->exit_code,
                "with --dry-run: exit 1 when something would go"),
      cli::flag("--plan", options->detail, "how much of the plan is shown")
          .one_of({"summary", "full", "diff"}),
      cli::flag("--yes", options->yes, "do not ask").as('y'),
      events_flag(options->events),
      cli::flag("--break-lock", options->break_lock,
                "when the run that holds the lock is known to be gone")};
  return {
      .name = "uninstall",
      .summary = "Remove a mesh from the cluster",
      .description =
          "Admission webhooks go first (after the namespaces, with --offboard), then the releases "
          "in reverse order of their "
          "installation. CRDs and namespaces stay unless --purge. Ends with a list of what is "
          "left and why.",
      .examples = {{"weft uninstall istio", "keeps CRDs and their objects"},
                   {"weft uninstall istio --offboard", "and leaves no pod with its proxy"},
                   {"weft uninstall kuma --purge --yes", "everything"}},
      .arguments = {cli::argument("MESH", options->mesh, "the mesh")},
      .flags = with_cluster_flags(options->cluster, std::move(flags)),
      .exit_notes = {{ExitCode::timeout, "something does not go; --force strips its finalizers"},
                     {ExitCode::unconfirmed, "not confirmed, nothing was changed"}},
      .heading = "Meshes",
      .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
