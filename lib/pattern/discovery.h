// Kinds that a cluster serves, for services whose kind weft does not know by itself.
#pragma once

#include "lib/kube/cluster.h"
#include "lib/pattern/types.h"

namespace weft::pattern {

// Asks only when the pattern has such services, and only for the API versions that they name; for
// a service that names none every group is looked through.
base::Result<void> discover(kube::Cluster& cluster, const Pattern& pattern, Types& types);

}  // namespace weft::pattern
