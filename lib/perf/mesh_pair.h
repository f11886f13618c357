// The same service in two namespaces, with a mesh and without: where to send load, and whose use of
// CPU and memory to read.
//
//   WEFT_TRY(pair, find_pair(cluster, {.meshed = "shop", .plain = "shop-plain"}));
//   pair[1].url;        // "http://web.shop/", the one in the mesh; 0 is the plain one
#pragma once

#include <array>
#include <string>
#include <vector>

#include "lib/kube/cluster.h"
#include "lib/perf/usage.h"

namespace weft::perf {

struct Namespaces {
  std::string meshed, plain;
  std::string service;     // "web" or "web:8080"; "": the only one that both have
  std::string path = "/";  // of the URL
};

struct PairSide {
  std::string url;
  // Of the pods behind the service: containers that both sides have are "app", those that the mesh
  // has added are "dp".
  std::vector<UsageSource> usage;
};

// 0 is the plain side. Input errors: no service in common or several, a port that cannot be told;
// cluster errors: no pods behind it.
base::Result<std::array<PairSide, 2>> find_pair(kube::Cluster& cluster, const Namespaces& names);

}  // namespace weft::perf
