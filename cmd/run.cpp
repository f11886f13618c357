#include "cmd/run.h"

#include <algorithm>
#include <new>
#include <ostream>

#include "cmd/commands.h"
#include "cmd/config.h"
#include "cmd/context.h"
#include "cmd/render_error.h"
#include "lib/base/format.h"
#include "lib/cli/help.h"
#include "lib/cli/parse.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr std::string_view kUsualOutputs[] = {"table", "wide", "json", "yaml", "name"};

Output output_named(std::string_view name) {
  if (name == "wide") return Output::wide;
  if (name == "json") return Output::json;
  if (name == "yaml") return Output::yaml;
  if (name == "sarif") return Output::sarif;
  if (name == "junit") return Output::junit;
  if (name == "github") return Output::github;
  if (name == "md") return Output::markdown;
  if (name == "html") return Output::html;
  return name == "name" ? Output::name : Output::table;
}

term::ColorChoice color_named(std::string_view name) {
  if (name == "always") return term::ColorChoice::always;
  return name == "never" ? term::ColorChoice::never : term::ColorChoice::automatic;
}

// The settings an error is reported under: also known when the command line could not be read.
struct Reporting {
  bool json = false;
  term::Terminal terminal;
};

Reporting reporting(const Process& process, const Globals& globals) {
  Reporting how;
  how.terminal = term::inspect(process.err_fd, color_named(globals.color), process.env);
  how.json = globals.output == "json";
  for (std::size_t i = 0; i < process.words.size(); ++i) {
    const std::string& word = process.words[i];
    const bool apart = (word == "-o" || word == "--output") && i + 1 < process.words.size();
    if (word == "-ojson" || word == "-o=json" || word == "--output=json" ||
        (apart && process.words[i + 1] == "json"))
      how.json = true;
  }
  return how;
}

// Formats beyond the usual ones belong to the commands that name them.
Result<void> check_output(const cli::Invocation& call, const std::string& output) {
  const auto named = [&output](const auto& names) {
    return std::find(std::begin(names), std::end(names), output) != std::end(names);
  };
  if (named(kUsualOutputs) || named(call.command().outputs)) return {};
  return Error{ExitCode::usage,
               fmt::format("{} has no output format {}", cli::command_line_name(call.path), output),
               "-o json"};
}

Context make_context(Process& process, const Globals& globals) {
  const auto color = color_named(globals.color);
  return {.in = process.in,
          .out = process.out,
          .err = process.err,
          .out_term = term::inspect(process.out_fd, color, process.env),
          .err_term = term::inspect(process.err_fd, color, process.env),
          .env = process.env,
          .clock = process.clock,
          .runner = process.runner,
          .stop = process.stop,
          .directory = process.directory,
          .output = output_named(globals.output),
          .quiet = globals.quiet,
          .verbose = static_cast<int>(globals.verbose.size())};
}

Result<void> apply_with_config(const Process& process, const cli::Command& tree,
                               const std::vector<cli::Flag>& flags, const cli::Invocation& call) {
  Config config(process.env);
  if (!call.command().without_files) {
    WEFT_TRY(loaded, Config::load(process.env, process.directory, known_keys(tree, flags)));
    config = std::move(loaded);
  }
  return cli::apply(call, flags,
                    [&config](const cli::Flag& flag) { return config.find(flag.config_key); });
}

Result<ExitCode> execute(Process& process, const cli::Command& tree,
                         const std::vector<cli::Flag>& flags, const Globals& globals) {
  WEFT_TRY(call, cli::parse(tree, flags, process.words));
  const bool needs_help = call.help || !call.command().run;
  if (!needs_help) {
    WEFT_CHECK(apply_with_config(process, tree, flags, call));
    WEFT_CHECK(check_output(call, globals.output));
  }
  Context context = make_context(process, globals);
  if (needs_help) {
    process.out << cli::help_text(call.path, flags, context.out_term);
    return ExitCode::done;
  }
  return call.command().run(context);
}

Result<ExitCode> execute_safely(Process& process, const cli::Command& tree,
                                const std::vector<cli::Flag>& flags, const Globals& globals) {
  constexpr const char* kReport = "please report this with the command and its input";
  try {
    return execute(process, tree, flags, globals);
  } catch (const std::bad_alloc&) {
    return Error{ExitCode::bug, "out of memory", "a smaller input, or more memory"};
  } catch (const std::exception& exception) {
    return Error{ExitCode::bug, "a defect in weft stopped this command", kReport}.because(
        exception.what());
  }
}

}  // namespace

int run(Process& process) {
  const cli::Command tree = root();
  Globals globals;
  const std::vector<cli::Flag> flags = global_flags(globals);
  const auto result = execute_safely(process, tree, flags, globals);
  process.out.flush();
  if (result.ok()) return static_cast<int>(*result);
  const Reporting how = reporting(process, globals);
  process.err << render_error(result.error(), how.terminal);
  if (how.json) process.err << error_json(result.error());
  process.err.flush();
  return static_cast<int>(result.error().code);
}

}  // namespace weft::cmd
