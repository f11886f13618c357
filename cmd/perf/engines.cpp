#include "lib/perf/engines.h"

#include <ostream>

#include "cmd/output.h"
#include "cmd/perf/perf.h"
#include "lib/base/format.h"
#include "lib/perf/external.h"
#include "lib/term/fit.h"

namespace weft::cmd {
namespace {

using base::ExitCode;

constexpr int kIndent = 11;

std::string where(const proc::ToolReport& tool) {
  if (tool.state == proc::ToolState::missing) return fmt::format("not here: {}", tool.tool->remedy);
  return tool.version.empty() ? tool.path : fmt::format("{} {}", tool.version, tool.path);
}

ExitCode list(Context& context) {
  doc::Value rows = doc::Value::list();
  const int width = context.out_term.width;
  const auto line = [&](std::string_view head, std::string_view text) {
    context.out << fmt::format("{:<{}}", head, kIndent) << term::wrap(text, width, kIndent, kIndent)
                << '\n';
  };
  for (const perf::Engine& engine : perf::engines()) {
    const proc::ToolReport tool = perf::inspect(engine, context.runner, context.stop);
    if (!is_structured(context)) {
      line(engine.name, where(tool));
      line("", fmt::format("{}.", engine.method));
      line("", fmt::format("Doubt: {}.", engine.doubt));
      continue;
    }
    doc::Value row;
    row.set("name", engine.name).set("program", engine.program).set("path", tool.path);
    row.set("version", tool.version).set("method", engine.method).set("doubt", engine.doubt);
    rows.push(std::move(row));
  }
  if (!is_structured(context)) return ExitCode::done;
  doc::Value document;
  document.set("schema", "weft.perf-engines/v1").set("engines", std::move(rows));
  return print(context, document);
}

}  // namespace

cli::Command perf_engines_command() {
  return {.name = "engines",
          .summary = "List the load generators of others that can measure",
          .description =
              "weft's own engine measures unless `weft perf run --engine` names one of these. What "
              "is known about how their figures differ from what users see stands with each, and "
              "in every result that they make.",
          .examples = {{"weft perf engines", "what is on this machine"},
                       {"weft perf run http://shop/ --engine wrk2 --qps 200", "use one"}},
          .run = [](Context& context) { return list(context); }};
}

}  // namespace weft::cmd
