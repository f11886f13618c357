// The data plane of one mesh: its proxies by version, the namespaces that belong to it, and the
// pods that are not as their namespace says.
//
//   const DataPlane plane = data_plane_of(*mesh, "1.30.3", snapshot);
//   for (const auto& group : plane.proxies) print(group.version, group.pods, group.skew);
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lib/mesh/check.h"
#include "lib/mesh/mesh.h"
#include "lib/mesh/proxies.h"
#include "lib/mesh/snapshot.h"

namespace weft::mesh {

struct ProxyGroup {
  std::string version;  // empty: served by a proxy of the node
  std::size_t pods = 0;
  std::size_t not_ready = 0;
  SkewVerdict skew = SkewVerdict::unknown;
  std::vector<std::string> namespaces;  // where they are, sorted
};

struct MeshNamespace {
  std::string name;
  std::string mode;         // "" for meshes with one way only
  bool onboarded = false;   // else pods carry the proxy all the same
  std::size_t meshed = 0;   // pods with a proxy
  std::size_t missing = 0;  // running pods that should have one and have not
  std::size_t surplus = 0;  // pods that have one and should not
};

struct DataPlane {
  std::vector<ProxyGroup> proxies;        // newest version first
  std::vector<MeshNamespace> namespaces;  // by name
  std::size_t pods = 0;                   // with a proxy
};

// `control_plane` is the version to compare with; empty when unknown. Needs the parts pods and
// namespaces.
DataPlane data_plane_of(const Mesh& mesh, const std::string& control_plane,
                        const Snapshot& snapshot);

// proxy-skew, proxy-missing, proxy-unexpected, proxy-ready.
void check_data_plane(const Mesh& mesh, const DataPlane& plane, CheckReport& report);

}  // namespace weft::mesh
