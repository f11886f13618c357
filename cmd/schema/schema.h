// `weft schema`: the schemas that `weft validate` judges objects by.
#pragma once

#include "lib/cli/command.h"

namespace weft::cmd {

cli::Command schema_command();
cli::Command schema_pull_command();
cli::Command schema_list_command();

}  // namespace weft::cmd
