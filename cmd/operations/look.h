// What status and check open first: the catalogue, and a session that does without helm where there
// is none.
#pragma once

#include <string>

#include "cmd/cluster_context.h"
#include "cmd/context.h"
#include "lib/mesh/catalog.h"
#include "lib/mesh/status.h"

namespace weft::cmd {

struct Look {
  mesh::Catalog catalog;
  std::string mesh;  // id; empty for all
  Session session;
  kube::Helm* helm;  // nullptr: there is none
};

base::Result<Look> open_look(Context& context, const ClusterFlags& flags,
                             const std::string& mesh_or_alias);

base::Result<mesh::ClusterStatus> take_status(Context& context, Look& look);

}  // namespace weft::cmd
