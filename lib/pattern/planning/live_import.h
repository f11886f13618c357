// The resources of a mesh that live in one namespace of a cluster, and those for the whole mesh,
// lifted into mesh-agnostic types. Plain objects stay out of it: they are there already.
//
//   WEFT_TRY(found, import_live(cluster, "shop", {.mesh = "osm"}));
//   for (const kube::Gap& gap : found.gaps) note("{} were not read: {}", gap.resource, gap.reason);
//   print(compile::pattern_of(found.lifted, "shop"));
#pragma once

#include "lib/compile/lift.h"
#include "lib/kube/live.h"

namespace weft::pattern {

struct LiveImport {
  compile::Lifted lifted;
  std::vector<kube::Gap> gaps;  // what could not be read, and why
};

// Without a mesh in `from`, the one that most of the resources are of. A namespace that is not
// there, or has none of them, is an error.
base::Result<LiveImport> import_live(kube::Cluster& cluster, const std::string& ns,
                                     const compile::Target& from);

}  // namespace weft::pattern
