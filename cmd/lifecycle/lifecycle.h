// install, upgrade, uninstall and mesh recover: what each file of this folder offers.
#pragma once

#include "cmd/context.h"
#include "lib/cli/command.h"

namespace weft::cmd {

cli::Command install_command();
cli::Command upgrade_command();
cli::Command uninstall_command();
cli::Command mesh_recover_command();

}  // namespace weft::cmd
