// A command line read against the tree of commands: which command, which flags, which arguments.
// Two steps, so that settings from the environment and files can come in between:
//
//   WEFT_TRY(call, cli::parse(root, globals, words));
//   if (call.help) return show(cli::help_text(call.path, globals));
//   WEFT_CHECK(cli::apply(call, globals, settings));       // sets every bound option
//   return call.command().run(context);
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/cli/command.h"
#include "lib/cli/tokens.h"

namespace weft::cli {

struct Invocation {
  std::vector<const Command*> path;  // the root first, the command last
  std::vector<Given> flags;
  std::vector<std::string> arguments;
  bool help = false;  // --help was given; nothing else of the line was checked

  const Command& command() const { return *path.back(); }
};

// Pointers into `root` and `globals`, which must outlive the result. Flags of a group count only
// for the group itself; global flags may stand anywhere.
base::Result<Invocation> parse(const Command& root, std::span<const Flag> globals,
                               std::span<const std::string> words);

// A value for a flag that was not on the command line, and where it comes from.
struct Setting {
  std::vector<std::string> values;  // more than one only for a repeatable flag
  std::string origin;               // "WEFT_PERF_QPS" or a file
  base::Where where;                // position in the file
};
using Settings = std::function<std::optional<Setting>(const Flag&)>;

// Sets flags (command line first, else `settings`) and arguments, checks choices and counts.
base::Result<void> apply(const Invocation& call, std::span<const Flag> globals,
                         const Settings& settings);

// "weft perf run"
std::string command_line_name(std::span<const Command* const> path);

// The command at the end of `names`, with its path; a usage error with suggestions if unknown.
base::Result<std::vector<const Command*>> find_command(const Command& root,
                                                       std::span<const std::string> names);

}  // namespace weft::cli
