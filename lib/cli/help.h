// The help of a command as text for a terminal: purpose, examples, usage, arguments, flags by
// group with their defaults, exit codes. A group of commands lists them under their headings.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "lib/base/exit_code.h"
#include "lib/cli/command.h"
#include "lib/term/terminal.h"

namespace weft::cli {

// `path` leads from the root to the command.
std::string help_text(std::span<const Command* const> path, std::span<const Flag> globals,
                      const term::Terminal& terminal);

// The parts that help and the man page share.

// "weft perf run [flags] URL [FILE...]"
std::string usage_line(std::span<const Command* const> path);
// "-o, --output table|json"
std::string flag_label(const Flag& flag);
// "how to print the result (default: table) (WEFT_OUTPUT)"
std::string flag_text(const Flag& flag);
// "WEFT_PERF_QPS" for "perf.qps"
std::string environment_name(std::string_view config_key);
// Visible flags under their headings, in order of first appearance.
struct FlagGroup {
  std::string heading;
  std::vector<const Flag*> flags;
};
std::vector<FlagGroup> flag_groups(std::span<const Flag> flags);
// Visible subcommands under their headings, likewise.
struct CommandGroup {
  std::string heading;
  std::vector<const Command*> commands;
};
std::vector<CommandGroup> command_groups(const Command& command);
// The codes this command names, else the general ones every command can end with.
std::vector<ExitNote> exit_notes(const Command& command);

}  // namespace weft::cli
