#include <memory>
#include <ostream>

#include "cmd/output.h"
#include "cmd/pattern/pattern.h"
#include "cmd/pattern/plan_text.h"
#include "cmd/pattern/session.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;

struct Options {
  PatternFlags input;
  ClusterFlags cluster;
  ChartFlags charts;
  bool offline = false;
  bool prune = false;
  bool force = false;
  bool exit_code = false;
};

void show(Context& context, const pattern::Plan& plan, const PatternInput& input, bool prune) {
  if (!context.quiet) context.err << notes_text(input.reading.notes, false, context.err_term);
  if (is_structured(context))
    print(context, plan_document(plan, input.resolution));
  else
    context.out << plan_text(plan, input.resolution, prune, context.out_term);
}

Result<ExitCode> run(Context& context, Options options) {
  if (!options.cluster.ns.empty()) options.input.ns = options.cluster.ns;
  if (options.offline) {
    WEFT_TRY(input, open_pattern(context, options.input));
    show(context, pattern::plan_offline(input->resolution, input->graph), *input, false);
    return options.exit_code ? ExitCode::no : ExitCode::done;
  }
  WEFT_TRY(session, open_pattern_session(context, options.input, options.cluster, options.charts));
  PatternInput& input = session->input();
  auto plan = pattern::make_plan(session->target(), input.resolution, input.graph, options.force);
  session->progress().finish();
  if (!plan.ok()) return plan.error();
  show(context, *plan, input, options.prune);
  if (const auto obstacle = plan->obstacle()) return *obstacle;
  return options.exit_code && plan->changes_anything(options.prune) ? ExitCode::no : ExitCode::done;
}

std::vector<cli::Flag> plan_flags(Options& options) {
  std::vector<cli::Flag> flags{cli::flag("--prune", options.prune, "also what left the pattern"),
                               cli::flag("--force-conflicts", options.force,
                                         "as if fields of other managers, and objects of other "
                                         "patterns, were taken over")};
  return with_cluster_flags(
      options.cluster,
      with_chart_flags(options.charts, with_pattern_flags(options.input, std::move(flags))));
}

}  // namespace

cli::Command pattern_plan_command() {
  auto options = std::make_shared<Options>();
  auto flags = plan_flags(*options);
  flags.push_back(cli::flag("--offline", options->offline, "without a cluster"));
  flags.push_back(cli::flag("--exit-code", options->exit_code, "exit 1 when there are changes"));
  return {
      .name = "plan",
      .summary = "Show what applying a pattern would change",
      .description =
          "Service by service in the order of their dependencies: + is made, ~ is changed, - is "
          "removed, with the fields that change as the API server itself says (dry run); ! is what "
          "it refuses, or another manager or pattern has.",
      .examples = {{"weft pattern plan shop.yaml", ""},
                   {"weft pattern plan shop.yaml --offline", "without a cluster"}},
      .arguments = {cli::argument("FILE", options->input.path,
                                  "file, folder, URL, or - for standard input")},
      .flags = std::move(flags),
      .exit_notes = {{ExitCode::no, "with --exit-code: there are changes"}},
      .run = [options](Context& context) { return run(context, *options); }};
}

cli::Command pattern_diff_command() {
  auto options = std::make_shared<Options>();
  options->exit_code = true;
  return {.name = "diff",
          .summary = "Compare a pattern with the cluster; exit 1 when they differ",
          .examples = {{"weft pattern diff shop.yaml", "has anything drifted?"}},
          .arguments = {cli::argument("FILE", options->input.path,
                                      "file, folder, URL, or - for standard input")},
          .flags = plan_flags(*options),
          .exit_notes = {{ExitCode::no, "there are differences"}},
          .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
