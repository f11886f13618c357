#include <memory>
#include <ostream>

#include "cmd/confirm.h"
#include "cmd/output.h"
#include "cmd/pattern/pattern.h"
#include "cmd/pattern/plan_text.h"
#include "cmd/pattern/session.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/pattern/reading/shipped.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;

struct Options {
  PatternFlags input;
  ClusterFlags cluster;
  ChartFlags charts;
  bool prune = false;
  bool force = false;
  bool yes = false;
};

ExitCode tell(Context& context, PatternSession& session, const pattern::Report& report) {
  session.progress().finish();
  const pattern::Resolution& resolution = session.input().resolution;
  if (is_structured(context))
    print(context, report_document(report, resolution));
  else
    context.out << report_text(report, resolution, context.out_term);
  if (!context.quiet)
    for (const std::string& note : report.notes) context.err << fmt::format("note: {}\n", note);
  if (!report.complete() && !context.quiet)
    context.err << "weft: not everything was done; the same command goes on from here\n";
  return report.code;
}

Result<ExitCode> run_apply(Context& context, Options options) {
  if (!options.cluster.ns.empty()) options.input.ns = options.cluster.ns;
  WEFT_TRY(session, open_pattern_session(context, options.input, options.cluster, options.charts));
  PatternInput& input = session->input();
  auto plan = pattern::make_plan(session->target(), input.resolution, input.graph, options.force);
  session->progress().finish();
  if (!plan.ok()) return plan.error();
  if (!context.quiet) {
    context.err << notes_text(input.reading.notes, false, context.err_term)
                << plan_text(*plan, input.resolution, options.prune, context.err_term);
    context.err.flush();
  }
  if (!options.yes && plan->changes_anything(options.prune))
    WEFT_CHECK(confirm(context, fmt::format("apply {} to {}?", input.reading.pattern.name,
                                            session->context_name())));
  pattern::ApplyOptions how = session->apply_options(context);
  how.prune = options.prune;
  how.force = options.force;
  how.plan = &*plan;
  auto report = pattern::apply(session->target(), input.resolution, input.graph, how);
  session->progress().finish();
  if (!report.ok()) return report.error();
  return tell(context, *session, *report);
}

Result<ExitCode> run_delete(Context& context, Options options) {
  if (!options.cluster.ns.empty()) options.input.ns = options.cluster.ns;
  WEFT_TRY(session, open_pattern_session(context, options.input, options.cluster, options.charts));
  PatternInput& input = session->input();
  const std::string& name = input.reading.pattern.name;
  if (!options.yes)
    WEFT_CHECK(confirm(context, fmt::format("delete {} ({}) from {}?", name,
                                            base::plural(input.resolution.parts.size(), "service"),
                                            session->context_name())));
  auto report = pattern::remove(session->target(), input.resolution, input.graph,
                                session->apply_options(context));
  session->progress().finish();
  if (!report.ok()) return report.error();
  return tell(context, *session, *report);
}

cli::Flag force_flag(bool& force) {
  return cli::flag("--force-conflicts", force,
                   "take over fields that others manage, and objects of other patterns");
}

std::vector<cli::Flag> change_flags(Options& options, std::vector<cli::Flag> flags) {
  flags.push_back(cli::flag("--yes", options.yes, "do not ask").as('y'));
  return with_cluster_flags(
      options.cluster,
      with_chart_flags(options.charts, with_pattern_flags(options.input, std::move(flags))));
}

std::vector<cli::ExitNote> exit_notes() {
  return {{ExitCode::timeout, "something did not get ready; what was done is told"},
          {ExitCode::unconfirmed, "not confirmed, nothing was changed"}};
}

}  // namespace

cli::Command pattern_apply_command() {
  auto options = std::make_shared<Options>();
  return {.name = "apply",
          .summary = "Carry a pattern out",
          .description =
              "Level by level in the order of the dependencies: what stands in one level goes "
              "together and is waited for together. A failure withholds only what depends on it. "
              "The same command again changes nothing, and goes on where one stopped.",
          .examples = {{"weft pattern apply shop.yaml", "shows the plan and asks"},
                       {"weft pattern apply shop.yaml --prune --yes",
                        "also deletes what left the file"}},
          .arguments = {cli::argument("FILE", options->input.path,
                                      "file, folder, URL, or - for standard input")},
          .flags = change_flags(
              *options, {cli::flag("--prune", options->prune, "delete what left the pattern"),
                         force_flag(options->force)}),
          .exit_notes = exit_notes(),
          .run = [options](Context& context) { return run_apply(context, *options); }};
}

cli::Command pattern_catalog_apply_command() {
  auto options = std::make_shared<Options>();
  PatternFlags& input = options->input;
  std::vector<cli::Flag> flags{
      cli::flag("--set", input.vars, "a variable of the pattern").takes("NAME=VALUE"),
      mesh_flag(input), allow_loss_flag(input), force_flag(options->force),
      cli::flag("--yes", options->yes, "do not ask").as('y')};
  return {
      .name = "apply",
      .summary = "Carry a pattern of the catalogue out",
      .description = "As weft pattern apply catalog:NAME, with its variables set.",
      .examples = {{"weft pattern catalog apply canary --set service=reviews --set weight=20",
                    "shows the plan and asks"}},
      .arguments = {cli::argument("NAME", input.path, "the pattern").completes(complete_shipped)},
      .flags =
          with_cluster_flags(options->cluster, with_chart_flags(options->charts, std::move(flags))),
      .exit_notes = exit_notes(),
      .run = [options](Context& context) {
        Options how = *options;
        how.input.path = std::string(pattern::kShippedPrefix) + how.input.path;
        return run_apply(context, std::move(how));
      }};
}

cli::Command pattern_delete_command() {
  auto options = std::make_shared<Options>();
  return {.name = "delete",
          .summary = "Take a pattern out of the cluster, the last service first",
          .description =
              "Deletes only what the pattern put there. Meshes that it installed are uninstalled; "
              "namespaces that are no services of it stay.",
          .examples = {{"weft pattern delete shop.yaml", "asks"}},
          .arguments = {cli::argument("FILE", options->input.path,
                                      "file, folder, URL, or - for standard input")},
          .flags = change_flags(*options, {}),
          .exit_notes = exit_notes(),
          .run = [options](Context& context) { return run_delete(context, *options); }};
}

}  // namespace weft::cmd
