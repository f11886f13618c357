#include "lib/cli/help.h"

#include <memory>
#include <ostream>

#include "cmd/commands.h"
#include "cmd/config.h"
#include "cmd/meta/meta.h"
#include "lib/base/version.h"
#include "lib/cli/man.h"
#include "lib/cli/parse.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;

struct Variable {
  const char* name;
  const char* meaning;
};
constexpr Variable kVariables[] = {
    {"NO_COLOR", "when not empty: no colour"},
    {"CLICOLOR_FORCE", "when not 0: colour also where the output is no terminal"},
    {"TERM", "dumb: no colour, no characters beyond ASCII"},
    {"COLUMNS", "width of the output, else the terminal is asked"},
    {"PATH", "where other programs are looked for"},
    {"XDG_CONFIG_HOME", "weft/config.yaml below it holds your settings (else ~/.config)"},
    {"XDG_DATA_HOME", "weft/ below it holds results (else ~/.local/share)"},
    {"XDG_CACHE_HOME", "weft/ below it holds what can be fetched again (else ~/.cache)"},
};

std::string exit_codes_topic(const Context& context) {
  term::Table table{{{"code", term::Align::right}, {"name"}, {"meaning"}}};
  for (const auto& row : base::exit_codes())
    table.rows.push_back({{std::to_string(static_cast<int>(row.code))},
                          {std::string(row.name)},
                          {std::string(row.meaning)}});
  return term::render(table, context.out_term);
}

std::string environment_topic(const Context& context) {
  Globals globals;
  term::Table table{{{"variable"}, {"meaning"}}};
  for (const KnownKey& key : known_keys(root(), global_flags(globals)))
    table.rows.push_back({{cli::environment_name(key.key)}, {"the setting " + key.key}});
  for (const Variable& variable : kVariables)
    table.rows.push_back({{variable.name}, {variable.meaning}});
  return term::render(table, context.out_term);
}

struct Topic {
  const char* name;
  std::string (*text)(const Context&);
};
constexpr Topic kTopics[] = {{"exit-codes", exit_codes_topic}, {"environment", environment_topic}};

struct Options {
  std::vector<std::string> words;
  bool man = false;
};

Result<ExitCode> show_man(Context& context, const std::vector<std::string>& path) {
  const cli::Command tree = root();
  Globals globals;
  const auto flags = global_flags(globals);
  WEFT_TRY(found, cli::find_command(tree, path));
  context.out << cli::man_page(found, flags, base::build_info().version);
  return ExitCode::done;
}

Result<ExitCode> run(Context& context, const Options& options) {
  if (options.man) return show_man(context, options.words);
  if (options.words.size() == 1) {
    for (const Topic& topic : kTopics) {
      if (topic.name != options.words.front()) continue;
      context.out << topic.text(context);
      return ExitCode::done;
    }
  }
  return show_help(context, options.words);
}

std::vector<cli::Candidate> command_names(Context&, std::string_view) {
  std::vector<cli::Candidate> names;
  for (const cli::Command& command : root().commands)
    if (!command.hidden) names.push_back({command.name, command.summary});
  for (const Topic& topic : kTopics) names.push_back({topic.name, "a topic"});
  return names;
}

}  // namespace

Result<ExitCode> show_help(Context& context, const std::vector<std::string>& path) {
  const cli::Command tree = root();
  Globals globals;
  const auto flags = global_flags(globals);
  WEFT_TRY(found, cli::find_command(tree, path));
  context.out << cli::help_text(found, flags, context.out_term);
  return ExitCode::done;
}

cli::Command help_command() {
  auto options = std::make_shared<Options>();
  return {.name = "help",
          .summary = "Help for a command or a topic",
          .description = "Topics: exit-codes, environment.",
          .examples = {{"weft help exit-codes", "what the exit codes mean"},
                       {"weft help --man version | man -l -", "a manual page"}},
          .arguments = {cli::argument("COMMAND", options->words, "the command, or a topic")
                            .optional()
                            .completes(command_names)},
          .flags = {cli::flag("--man", options->man, "print a manual page in roff")},
          .heading = "About weft",
          .without_files = true,
          .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
