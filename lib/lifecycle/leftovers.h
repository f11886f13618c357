// What a mesh leaves in a cluster that no helm release names: found by the lists of its catalogue
// file.
#pragma once

#include <string>
#include <vector>

#include "lib/lifecycle/installed.h"
#include "lib/lifecycle/work.h"
#include "lib/mesh/catalog.h"

namespace weft::lifecycle {

struct FoundLeftover {
  kube::Ref ref;
  const mesh::Leftover* rule = nullptr;
};
// Objects of the catalogue's list that exist; CRDs, namespaces and files on nodes are left out:
// they have rules of their own.
base::Result<std::vector<FoundLeftover>> find_leftovers(Work& work, const mesh::Mesh& mesh);

// The mesh's CRDs that exist: by group and by the list.
base::Result<kube::Objects> find_crds(Work& work, const mesh::Mesh& mesh);

// Meshes that are installed beside this one: a release or a webhook of theirs exists.
base::Result<std::vector<const mesh::Mesh*>> neighbours(Work& work, const mesh::Mesh& mesh,
                                                        const Installed& installed,
                                                        const mesh::Catalog& catalog);

// The same for one who has the webhook configurations of the cluster already.
std::vector<const mesh::Mesh*> neighbours_by(const kube::Objects& webhooks, const mesh::Mesh& mesh,
                                             const Installed& installed,
                                             const std::vector<const mesh::Mesh*>& all);

// Admission webhook configurations of the mesh.
base::Result<std::vector<kube::Ref>> find_webhooks(Work& work, const mesh::Mesh& mesh);

// Every object of these CRDs' kinds.
base::Result<kube::Objects> custom_resources(Work& work, const kube::Objects& crds);

}  // namespace weft::lifecycle
