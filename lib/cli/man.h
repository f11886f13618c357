// A manual page in roff for a command, or for the whole program, from the table of commands.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "lib/cli/command.h"

namespace weft::cli {

// `path` leads from the root to the command; a group brings its commands along. `version` stands
// in the footer.
std::string man_page(std::span<const Command* const> path, std::span<const Flag> globals,
                     std::string_view version);

}  // namespace weft::cli
