// Pods as far as a mesh cares for them, read in chunks so that a cluster of ten thousand costs
// neither much memory nor much time: each chunk is reduced to this before the next is kept.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/kube/cluster.h"

namespace weft::mesh {

struct Container {
  std::string name;
  std::string image;
  bool ready = false;
  bool init = false;
};

struct Pod {
  std::string ns;
  std::string name;
  std::string owner;  // "ReplicaSet web-5d4f"; empty for a bare pod
  bool running = false;
  bool host_network = false;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;  // long values are cut
  std::vector<Container> containers;               // init containers first
};

Pod pod_of(const doc::Value& object);

// Every pod of the cluster, or of one namespace, that neither ended nor is ending. The next chunk
// is on its way while one is read, on a thread of its own; without `ahead` nothing runs beside the
// caller.
base::Result<std::vector<Pod>> read_pods(kube::Cluster& cluster, const std::string& ns,
                                         bool ahead = true);

}  // namespace weft::mesh
