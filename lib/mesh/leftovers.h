// What a mesh leaves in a cluster that no helm release names: found by the lists of its catalogue
// file.
#pragma once

#include <string>
#include <vector>

#include "lib/mesh/catalog.h"
#include "lib/mesh/installed.h"
#include "lib/mesh/work.h"

namespace weft::mesh {

struct FoundLeftover {
  kube::Ref ref;
  const Leftover* rule = nullptr;
};
// Objects of the catalogue's list that exist; CRDs, namespaces and files on nodes are left out:
// they have rules of their own.
base::Result<std::vector<FoundLeftover>> find_leftovers(Work& work, const Mesh& mesh);

// The mesh's CRDs that exist: by group and by the list.
base::Result<kube::Objects> find_crds(Work& work, const Mesh& mesh);

// Meshes that are installed beside this one: a release or a webhook of theirs exists.
base::Result<std::vector<const Mesh*>> neighbours(Work& work, const Mesh& mesh,
                                                  const Installed& installed,
                                                  const Catalog& catalog);

// Admission webhook configurations of the mesh.
base::Result<std::vector<kube::Ref>> find_webhooks(Work& work, const Mesh& mesh);

// Every object of these CRDs' kinds.
base::Result<kube::Objects> custom_resources(Work& work, const kube::Objects& crds);

}  // namespace weft::mesh
