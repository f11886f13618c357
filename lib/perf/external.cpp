#include "lib/perf/external.h"

#include <algorithm>

#include "lib/base/format.h"
#include "lib/base/id.h"
#include "lib/base/text.h"
#include "lib/smp/import.h"

namespace weft::perf {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

// Every program of the table is one of the tools; a test says so.
const proc::Tool& tool_of(const Engine& engine) {
  return *std::ranges::find(proc::tools(), engine.program, &proc::Tool::program);
}

std::string last_line(std::string_view text) {
  text = base::trim(text);
  return std::string(text.substr(text.rfind('\n') + 1));
}

Result<smp::Run> read_output(const Engine& engine, const proc::Command& command,
                             proc::Finished finished) {
  std::string& text = engine.output == proc::Output::out ? finished.out : finished.err;
  std::string said = last_line(finished.err.empty() ? finished.out : finished.err);
  smp::ImportOptions options;
  options.format = engine.format;
  auto runs = smp::import_text(doc::Source(std::string(engine.name), std::move(text)), options);
  if (runs.ok() && runs->size() == 1) return std::move(runs->front());
  return Error{ExitCode::tool,
               fmt::format("{} ended with exit code {} and without a result", engine.program,
                           finished.exit_code),
               fmt::format("see what it says by itself: {}", command.text())}
      .because(finished.exit_code == 0 && !runs.ok() ? runs.error().message : std::move(said));
}

// What the plan says and the output does not, or says less exactly.
void complete(smp::Setup& setup, const Engine& engine, const load::Plan& plan) {
  setup.load_generator = engine.name;
  setup.urls = {plan.target.url.text()};
  setup.method = plan.target.method;
  setup.protocol = "http/1.1";
  setup.connections = plan.connections;
  setup.requested_qps = plan.qps;
  setup.unthrottled = !plan.qps;
  setup.duration = plan.duration;
  setup.requests = plan.requests;
  setup.warmup = plan.warmup;
  setup.timeout = plan.timeout;
  if (setup.loop == smp::Loop::unknown) setup.loop = plan.qps ? smp::Loop::open : smp::Loop::closed;
  if (setup.omission == smp::Omission::unknown) setup.omission = smp::Omission::uncorrected;
  setup.keepalive = plan.keepalive;
  setup.body_bytes = plan.target.body.size();
}

}  // namespace

proc::ToolReport inspect(const Engine& engine, proc::Runner& runner, const base::StopFlag& stop) {
  return proc::inspect_tool(runner, tool_of(engine), stop);
}

Result<smp::Run> run_external(const Engine& engine, const Spec& spec, const load::Plan& plan,
                              const Surroundings& around) {
  WEFT_TRY(command, command_of(engine, spec, plan));
  command.stop = &around.stop;
  if (!around.runner.find(std::string(engine.program)))
    return Error{ExitCode::tool, fmt::format("{} is not on the PATH", engine.program),
                 std::string(tool_of(engine).remedy)};
  if (plan.warmup.count() > 0) {
    load::Plan before = plan;
    before.duration = plan.warmup;
    before.requests.reset();
    WEFT_TRY(warmup, command_of(engine, spec, before));
    warmup.stop = &around.stop;
    WEFT_CHECK(around.runner.run(warmup));
  }
  const base::WallTime started = around.clock.wall();
  WEFT_TRY(finished, around.runner.run(command));
  WEFT_TRY(run, read_output(engine, command, std::move(finished)));
  run.started = started;
  run.ended = around.clock.wall();
  run.id = base::new_id(started);
  run.name = spec.name;
  run.labels = spec.labels;
  run.origin.path.clear();
  complete(run.setup, engine, plan);
  if (run.setup.load_generator_version.empty())
    run.setup.load_generator_version = inspect(engine, around.runner, around.stop).version;
  run.environment.facts = around.host;
  run.mesh = spec.mesh;
  run.test_id = spec.test_id.empty() ? run.id + "-test" : spec.test_id;
  run.env_id = run.id + "-env";
  if (!run.mesh.type.empty()) run.mesh_config_id = run.id + "-mesh";
  run.warnings.insert(run.warnings.begin(), std::string(engine.doubt));
  return run;
}

}  // namespace weft::perf
