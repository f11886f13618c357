// `weft capability`: what service meshes can do, and how patterns say it.
#pragma once

#include "lib/cli/command.h"

namespace weft::cmd {

cli::Command capability_command();
cli::Command capability_list_command();
cli::Command capability_show_command();

}  // namespace weft::cmd
