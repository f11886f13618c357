// install and upgrade are the same walk: order, plan, consent, execution.
#pragma once

#include <string>

#include "cmd/lifecycle/options.h"
#include "lib/base/exit_code.h"

namespace weft::cmd {

base::Result<base::ExitCode> carry_out(Context& context, const InstallOptions& options,
                                       const std::string& verb);

}  // namespace weft::cmd
