// weft serve: the sample service, until a signal ends it.
#pragma once

#include "lib/cli/command.h"

namespace weft::cmd {

cli::Command serve_command();
// weft journal: what reached such a service.
cli::Command journal_command();

}  // namespace weft::cmd
