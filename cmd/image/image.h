// `weft image`: the image that runs in pods.
#pragma once

#include "lib/cli/command.h"

namespace weft::cmd {

cli::Command image_command();

}  // namespace weft::cmd
