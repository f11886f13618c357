#include <algorithm>
#include <memory>
#include <ostream>

#include "cmd/output.h"
#include "cmd/pattern/pattern.h"
#include "cmd/pattern/session.h"
#include "lib/pattern/applying/status.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;
using pattern::Standing;

struct Options {
  PatternFlags input;
  ClusterFlags cluster;
  ChartFlags charts;
};

term::Style style_of(Standing standing) {
  if (standing == Standing::ready) return term::Style::green;
  return standing == Standing::absent ? term::Style::red : term::Style::yellow;
}

Result<ExitCode> run_status(Context& context, Options options) {
  if (!options.cluster.ns.empty()) options.input.ns = options.cluster.ns;
  WEFT_TRY(session, open_pattern_session(context, options.input, options.cluster, options.charts));
  const PatternInput& input = session->input();
  auto found = pattern::read_status(session->target(), input.resolution, input.graph);
  session->progress().finish();
  if (!found.ok()) return found.error();
  const bool ready = std::all_of(found->begin(), found->end(),
                                 [](const auto& each) { return each.standing == Standing::ready; });
  doc::Value services = doc::Value::list(), document;
  term::Table table{{{"service"}, {"type"}, {"status"}, {"detail"}}};
  for (const pattern::ServiceStatus& each : *found) {
    const pattern::Part& part = input.resolution.parts[each.service];
    const std::string standing(name_of(each.standing));
    table.rows.push_back({{part.service->key},
                          {part.type.name},
                          {standing, style_of(each.standing)},
                          {each.detail}});
    doc::Value one;
    one.set("service", part.service->key).set("status", standing).set("detail", each.detail);
    services.push(std::move(one));
  }
  document.set("schema", "weft.pattern-status/v1")
      .set("name", input.reading.pattern.name)
      .set("ready", ready)
      .set("services", std::move(services));
  if (is_structured(context))
    print(context, document);
  else
    context.out << render(table, context.out_term);
  return ready ? ExitCode::done : ExitCode::no;
}

Result<ExitCode> run_list(Context& context, const ClusterFlags& flags) {
  WEFT_TRY(session, open_session(context, flags, Tools::kubectl));
  WEFT_TRY(applied, pattern::list_applied(session.cluster()));
  doc::Value patterns = doc::Value::list(), document;
  term::Table table{{{"pattern"}, {"namespace"}, {"meshes"}, {"kinds"}}};
  for (const pattern::Applied& each : applied) {
    table.rows.push_back({{each.pattern}, {each.ns}, {each.meshes}, {each.kinds}});
    doc::Value one;
    one.set("pattern", each.pattern)
        .set("namespace", each.ns)
        .set("meshes", each.meshes)
        .set("kinds", each.kinds);
    patterns.push(std::move(one));
  }
  document.set("schema", "weft.pattern-list/v1").set("patterns", std::move(patterns));
  if (is_structured(context)) return print(context, document);
  if (applied.empty())
    context.out << "no pattern was applied to this cluster\n";
  else
    context.out << render(table, context.out_term);
  return ExitCode::done;
}

}  // namespace

cli::Command pattern_status_command() {
  auto options = std::make_shared<Options>();
  return {.name = "status",
          .summary = "Show how the services of a pattern stand in the cluster",
          .examples = {{"weft pattern status shop.yaml", ""}},
          .arguments = {cli::argument("FILE", options->input.path,
                                      "file, folder, URL, or - for standard input")},
          .flags = with_cluster_flags(
              options->cluster,
              with_chart_flags(options->charts, with_pattern_flags(options->input, {}))),
          .exit_notes = {{ExitCode::no, "something is not there or not ready"}},
          .run = [options](Context& context) { return run_status(context, *options); }};
}

cli::Command pattern_list_command() {
  auto flags = std::make_shared<ClusterFlags>();
  return {.name = "list",
          .summary = "List the patterns that were applied to a cluster",
          .examples = {{"weft pattern list", ""}},
          .flags = with_cluster_flags(*flags, {}),
          .run = [flags](Context& context) { return run_list(context, *flags); }};
}

}  // namespace weft::cmd
