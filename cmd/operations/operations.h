// Looking after a mesh that runs: what each file of this folder offers.
#pragma once

#include "cmd/context.h"
#include "lib/cli/command.h"

namespace weft::cmd {

cli::Command status_command();
cli::Command check_command();
cli::Command mesh_onboard_command();
cli::Command mesh_offboard_command();

}  // namespace weft::cmd
