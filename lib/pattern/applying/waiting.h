// Waits for objects of several services together. What never will be ready does not keep the
// others waiting.
//
//   for (const Unready& each : wait_for(cluster, awaited, options)) blame(each.service,
//   each.error);
#pragma once

#include <vector>

#include "lib/kube/wait.h"

namespace weft::pattern {

struct Awaited {
  std::size_t service = 0;
  kube::Target target;
};

struct Unready {
  std::size_t service = 0;
  base::Error error;  // timeout or interrupted, with the reason; or that the cluster is gone
};

// What of these objects says by itself whether it is ready.
std::vector<kube::Target> wait_targets(const kube::Objects& objects);

// Empty when everything is ready. One entry for each object that is not.
std::vector<Unready> wait_for(kube::Cluster& cluster, const std::vector<Awaited>& awaited,
                              const kube::WaitOptions& options);

}  // namespace weft::pattern
