#include <ostream>

#include "cmd/meta/meta.h"
#include "cmd/output.h"
#include "lib/base/cpus.h"
#include "lib/base/format.h"
#include "lib/perf/host.h"
#include "lib/proc/tools.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;
using proc::ToolState;

struct StateLook {
  ToolState state;
  std::string_view name;
  term::Style style;
};
constexpr StateLook kLooks[] = {{ToolState::found, "found", term::Style::green},
                                {ToolState::outdated, "outdated", term::Style::yellow},
                                {ToolState::broken, "broken", term::Style::red},
                                {ToolState::missing, "missing", term::Style::dim}};

const StateLook& look(ToolState state) { return kLooks[static_cast<std::size_t>(state)]; }

smp::Labels machine_facts() {
  smp::Labels facts = perf::read_host("/");
  const double quota = base::cpus().quota;
  facts.emplace("cpu_quota", quota > 0 ? fmt::format("{:.2f}", quota) : "none");
  const auto files = proc::read_file_limits();
  facts.emplace("open_files", fmt::format("{}", files.now));
  facts.emplace("open_files_most", fmt::format("{}", files.most));
  return facts;
}

doc::Value to_document(const std::vector<proc::ToolReport>& reports, const smp::Labels& facts) {
  doc::Value machine = doc::Value::map();
  for (const auto& [name, value] : facts) machine.set(name, value);
  doc::Value tools = doc::Value::list();
  for (const proc::ToolReport& report : reports) {
    doc::Value item;
    item.set("program", report.tool->program).set("state", look(report.state).name);
    if (!report.path.empty()) item.set("path", report.path);
    if (!report.version.empty()) item.set("version", report.version);
    if (!report.tool->minimum.empty()) item.set("minimum", report.tool->minimum);
    if (!report.problem.empty()) item.set("problem", report.problem);
    tools.push(item.set("without", report.tool->without).set("remedy", report.tool->remedy));
  }
  doc::Value document;
  return document.set("schema", "weft.doctor/v1")
      .set("machine", std::move(machine))
      .set("tools", std::move(tools));
}

void show(Context& context, const std::vector<proc::ToolReport>& reports,
          const smp::Labels& facts) {
  term::Table machine{{{"machine"}, {"value"}}};
  for (const auto& [name, value] : facts) machine.rows.push_back({{name}, {value}});
  context.out << term::render(machine, context.out_term) << '\n';

  term::Table found{{{"tool"}, {"state"}, {"version"}, {"path"}}};
  term::Table lacking{{{"not usable"}, {"then there is no"}, {"get it"}}};
  for (const proc::ToolReport& report : reports) {
    const StateLook& shown = look(report.state);
    found.rows.push_back({{std::string(report.tool->program)},
                          {std::string(shown.name), shown.style},
                          {report.version},
                          {report.path}});
    if (report.state == ToolState::found) continue;
    lacking.rows.push_back({{std::string(report.tool->program)},
                            {std::string(report.tool->without)},
                            {std::string(report.tool->remedy)}});
  }
  context.out << term::render(found, context.out_term);
  if (!lacking.rows.empty()) context.out << '\n' << term::render(lacking, context.out_term);
  context.out << "\nMeasuring and scoring on this machine needs none of these tools.\n";
}

Result<ExitCode> run(Context& context) {
  std::vector<proc::ToolReport> reports;
  for (const proc::Tool& tool : proc::tools())
    reports.push_back(proc::inspect_tool(context.runner, tool, context.stop));
  const smp::Labels facts = machine_facts();
  if (is_structured(context)) return print(context, to_document(reports, facts));
  show(context, reports, facts);
  return ExitCode::done;
}

}  // namespace

cli::Command doctor_command() {
  return {.name = "doctor",
          .summary = "Show what this machine offers: other tools, limits, clock",
          .description =
              "Looks for the programs weft can drive and says what each missing one "
              "costs. A missing tool is no failure.",
          .examples = {{"weft doctor", ""}, {"weft doctor -o json", "schema weft.doctor/v1"}},
          .heading = "About weft",
          .run = run};
}

}  // namespace weft::cmd
