// The status of a cluster's meshes for people.
#pragma once

#include <string>

#include "lib/mesh/status.h"
#include "lib/term/terminal.h"

namespace weft::cmd {

std::string status_text(const mesh::ClusterStatus& status, const term::Terminal& terminal,
                        bool wide);

}  // namespace weft::cmd
