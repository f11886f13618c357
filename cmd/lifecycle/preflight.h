// The checks before a change: what fails stops the command while nothing is changed yet.
#pragma once

#include <string>
#include <vector>

#include "cmd/lifecycle/operation.h"
#include "lib/lifecycle/planning.h"
#include "lib/mesh/snapshot.h"

namespace weft::cmd {

struct PreflightFlags {
  std::vector<std::string> ignore;  // ids of checks, also several separated by commas
  bool adopt = false;
  bool canary = false;
};

using Warnings = std::vector<std::string>;

// Returns the warnings; failures are an error of code no that names each of them. The snapshot
// knows mesh::preflight_parts().
base::Result<Warnings> check_before(Operation& op, const mesh::Snapshot& snapshot,
                                    const lifecycle::Setup& setup,
                                    const lifecycle::Installed& installed,
                                    const PreflightFlags& flags);

// Whether the user may do what the plan needs.
base::Result<Warnings> check_rights_of(Operation& op, const mesh::Snapshot& snapshot,
                                       const lifecycle::Prepared& prepared,
                                       const PreflightFlags& flags);

}  // namespace weft::cmd
