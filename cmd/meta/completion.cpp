#include <memory>
#include <ostream>

#include "cmd/commands.h"
#include "cmd/meta/completion_scripts.h"
#include "cmd/meta/meta.h"
#include "lib/cli/complete.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;

cli::Command script_command(const CompletionScript& script) {
  return {.name = std::string(script.shell),
          .summary = "Print the completion script for " + std::string(script.shell),
          .examples = {{std::string(script.install), ""}},
          .without_files = true,
          .run = [text = script.text](Context& context) -> Result<ExitCode> {
            context.out << text;
            return ExitCode::done;
          }};
}

// A description is one line for the shells, whatever the table says.
std::string one_line(std::string text) {
  for (char& c : text)
    if (c == '\n' || c == '\t') c = ' ';
  return text;
}

Result<ExitCode> run(Context& context, const std::vector<std::string>& words) {
  const cli::Command tree = root();
  Globals globals;
  const auto flags = global_flags(globals);
  const cli::Completion completion = cli::complete(tree, flags, words, context);
  for (const cli::Candidate& candidate : completion.candidates)
    context.out << candidate.value << '\t' << one_line(candidate.description) << '\n';
  if (completion.files) context.out << ":files\n";
  return ExitCode::done;
}

}  // namespace

cli::Command completion_command() {
  cli::Command group{.name = "completion",
                     .summary = "Print the completion script of a shell",
                     .heading = "About weft"};
  for (const CompletionScript& script : completion_scripts())
    group.commands.push_back(script_command(script));
  return group;
}

cli::Command complete_command() {
  auto words = std::make_shared<std::vector<std::string>>();
  return {.name = "__complete",
          .summary = "Print what may follow the words of an unfinished command line",
          .examples = {{"weft __complete -- ver", "value and description, separated by a tab"}},
          .arguments = {cli::argument("WORD", *words, "the words so far").optional()},
          .hidden = true,
          .without_files = true,
          .run = [words](Context& context) { return run(context, *words); }};
}

}  // namespace weft::cmd
