#include <unistd.h>

#include <memory>
#include <ostream>

#include "cmd/conformance/conformance.h"
#include "cmd/context.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/conform/await_target.h"
#include "lib/conform/outcome.h"
#include "lib/conform/probe.h"
#include "lib/conform/probe_service.h"
#include "lib/doc/read.h"

namespace weft::cmd {
namespace {

using base::ExitCode;

constexpr std::uint64_t kMaxPlan = 1u << 20;

struct Options {
  std::string path = "-";
  base::Nanoseconds await{0};
  bool serve = false;
};

base::Result<ExitCode> run(Context& context, const Options& options) {
  if (options.serve) {
    conform::serve_probes(STDIN_FILENO, context.stop, [&](const std::string& line) {
      return static_cast<bool>(context.out << line << '\n' << std::flush);
    });
    return ExitCode::done;
  }
  const std::string& path = options.path;
  WEFT_TRY(text, base::read_file(path, kMaxPlan));
  WEFT_TRY(document, doc::read_json(doc::Source(path == "-" ? "plan" : path, std::move(text))));
  WEFT_TRY(plan, conform::plan_from_json(document));
  if (const auto target = conform::parse_probe_target(plan.request.url); target.ok())
    conform::await_target(*target, options.await, context.stop);
  conform::run_probe(plan, context.stop, [&](const std::string& line) {
    context.out << line << '\n' << std::flush;
  });
  return ExitCode::done;
}

std::string description() {
  std::string out =
      "What weft conformance starts inside a pod: reads a plan (JSON, schema "
      "weft.probe-plan/v1), sends its requests from there, and writes a line of JSON for each, a "
      "heartbeat every second and an end. A request never takes longer than its time-out, "
      "whatever the server sends. The scheme of the URL chooses the protocol: http, https, h2c, "
      "h2, "
      "grpc, grpcs, tcp, tls or udp. How requests end:\n\n  http:NNN: a whole answer";
  for (const conform::OutcomeRow& row : conform::outcomes())
    out += fmt::format("\n  {}: {}", row.name, row.meaning);
  return out;
}

}  // namespace

cli::Command probe_command() {
  auto options = std::make_shared<Options>();
  return {
      .name = "probe",
      .summary = "Send the requests of a plan and tell how each ended",
      .description = description(),
      .examples = {{"weft probe --plan plan.json", "from a file"}},
      .flags = {cli::flag("--plan", options->path, "the plan; - is standard input").takes("FILE"),
                cli::flag("--await", options->await,
                          "wait until the target takes connections, so long at most"),
                cli::flag("--serve", options->serve,
                          "plan after plan from standard input, each a line NUMBER plan "
                          "JSON; answers begin with the number")},
      .exit_notes = {{ExitCode::done, "every request was sent, however it ended"},
                     {ExitCode::input, "the plan is not usable"}},
      .heading = "Services",
      .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
