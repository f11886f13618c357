// Commands about weft itself.
#pragma once

#include <string>
#include <vector>

#include "cmd/context.h"
#include "lib/cli/command.h"

namespace weft::cmd {

cli::Command help_command();
cli::Command version_command();
cli::Command config_command();
cli::Command doctor_command();
cli::Command completion_command();
cli::Command complete_command();

base::ExitCode print_version(Context& context);

// Prints the help of the command at the end of `path`; an empty path is weft itself.
base::Result<base::ExitCode> show_help(Context& context, const std::vector<std::string>& path);

}  // namespace weft::cmd
