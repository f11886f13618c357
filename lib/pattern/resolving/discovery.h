// What only the cluster can tell about a pattern: kinds that weft does not know by itself, and the
// mesh that mesh-agnostic types are made for.
#pragma once

#include "lib/kube/cluster.h"
#include "lib/pattern/resolving/types.h"

namespace weft::pattern {

// Asks only when the pattern has such services, and only for the API versions that they name; for
// a service that names none every group is looked through.
base::Result<void> discover(kube::Cluster& cluster, const Pattern& pattern, Types& types);

// Whether a type or trait is to be made for a mesh that the pattern does not bring.
bool needs_mesh(const Pattern& pattern, const Types& types);

struct FoundMesh {
  std::string id{};  // empty: none was found, or none is needed
  std::string version{};
};

// Looks only when needs_mesh().
// Several meshes are an error that names them.
base::Result<FoundMesh> discover_mesh(kube::Cluster& cluster, const mesh::Catalog& catalog,
                                      const Pattern& pattern, const Types& types);

}  // namespace weft::pattern
