// May a mesh go from one version to another in one step?
#pragma once

#include <string>

#include "lib/base/result.h"
#include "lib/mesh/mesh.h"

namespace weft::mesh {

// Refuses to skip more minors than the mesh's file allows (`canary`: its own limit), and to go
// back: a usage error that names the version to go to first. Versions that are no numbers pass.
base::Result<void> check_path(const Mesh& mesh, const std::string& from, const std::string& to,
                              bool canary, bool force);

}  // namespace weft::mesh
