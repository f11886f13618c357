// `weft check`: a look at a running cluster with the same table as preflight. Judges a status.
#pragma once

#include <string>

#include "lib/mesh/catalog.h"
#include "lib/mesh/check.h"
#include "lib/mesh/status.h"

namespace weft::mesh {

enum class Scope { everything, data_plane };

// `mesh` is an id, or empty for every mesh of the status. A mesh asked for that is not there fails.
base::Result<CheckReport> check_live(const Catalog& catalog, const ClusterStatus& status,
                                     const std::string& mesh, Scope scope, base::WallTime now);

}  // namespace weft::mesh
