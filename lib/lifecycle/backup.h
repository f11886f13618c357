// The custom resources of a mesh and their definitions, kept in a file before the definitions
// change or go: `kubectl apply -f FILE` brings them back.
#pragma once

#include <string>

#include "lib/lifecycle/work.h"

namespace weft::lifecycle {

// Writes `crds`, as they live, and their objects to <folder>/backups/<mesh>-<op>.yaml; the path, or
// "" when there are no objects. Status and what the server adds by itself are left out.
base::Result<std::string> back_up(Work& work, const kube::Objects& crds, const std::string& mesh,
                                  const std::string& op, const std::string& folder);

}  // namespace weft::lifecycle
