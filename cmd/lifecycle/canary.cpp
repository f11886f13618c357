#include "cmd/lifecycle/canary.h"

#include <ostream>

#include "cmd/confirm.h"
#include "cmd/lifecycle/plan_text.h"
#include "cmd/output.h"
#include "lib/base/format.h"
#include "lib/lifecycle/plan_json.h"

namespace weft::cmd {

using base::Error;
using base::ExitCode;
using base::Result;
using lifecycle::Stage;

Result<Stage> stage_of(const InstallOptions& options) {
  if (options.canary + options.finish + options.abort > 1)
    return Error{ExitCode::usage, "--canary, --finish and --abort exclude each other",
                 "first --canary, then one of the others"};
  if (!options.revision.empty() && !options.canary)
    return Error{ExitCode::usage, "--revision names a canary", "give it with --canary"};
  if (options.canary) return Stage::begin;
  if (options.finish) return Stage::finish;
  return options.abort ? Stage::abort : Stage::none;
}

Result<ExitCode> abort_canary(Context& context, const InstallOptions& options, Operation& op) {
  WEFT_TRY(installed, lifecycle::look_up(op.work, *op.mesh, op.actor.state_folder));
  WEFT_CHECK(lifecycle::check_stage(*op.mesh, installed.record, Stage::abort));
  if (!options.force)
    WEFT_CHECK(lifecycle::check_abandoned(op.work, *op.mesh, *installed.record, Stage::abort));
  lifecycle::Plan plan;
  plan.verb = "uninstall";
  plan.mesh = op.mesh->id;
  plan.from = installed.record->canary.version;
  WEFT_TRY(name, op.work.cluster.context_name());
  plan.context = name;
  WEFT_TRY(steps, lifecycle::plan_end(op.work, *op.mesh, installed, Stage::abort));
  plan.steps = std::move(steps);
  if (dry_run_of(options) != DryRun::none) {
    if (is_structured(context)) return print(context, to_document(plan));
    context.out << plan_text(plan, Detail::summary, context.out_term);
    return ExitCode::done;
  }
  if (!context.quiet) context.err << plan_text(plan, Detail::summary, context.err_term);
  if (!options.yes)
    WEFT_CHECK(confirm(context, fmt::format("remove the canary of {}?", op.mesh->id)));
  op.actor.break_lock = options.break_lock;
  const auto ended = lifecycle::end_canary(op.work, *op.mesh, Stage::abort, op.actor);
  op.progress.finish();
  if (!ended.ok()) return ended.error();
  if (is_structured(context)) return print(context, to_document(plan));
  context.out << fmt::format("the canary of {} is gone\n", op.mesh->id);
  return ExitCode::done;
}

}  // namespace weft::cmd
