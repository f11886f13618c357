// What upgrade does beyond an installation: --canary, --finish and --abort.
#pragma once

#include "cmd/lifecycle/operation.h"
#include "cmd/lifecycle/options.h"
#include "lib/lifecycle/canary.h"

namespace weft::cmd {

base::Result<lifecycle::Stage> stage_of(const InstallOptions& options);

// The canary goes. Shows what that removes and asks, like an uninstallation.
base::Result<base::ExitCode> abort_canary(Context& context, const InstallOptions& options,
                                          Operation& op);

}  // namespace weft::cmd
