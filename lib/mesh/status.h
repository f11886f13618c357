// The meshes of a cluster at one look: control plane, releases, data plane, certificates, and what
// deserves a warning. What may not be read is unknown, which fails nothing.
//
//   WEFT_TRY(status, read_status(cluster, &helm, catalog, {.now = clock.wall()}));
//   if (!status.ready()) return ExitCode::no;
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lib/doc/value.h"
#include "lib/kube/ready.h"
#include "lib/mesh/catalog.h"
#include "lib/mesh/certificates.h"
#include "lib/mesh/check.h"
#include "lib/mesh/data_plane.h"
#include "lib/mesh/detect.h"
#include "lib/mesh/snapshot.h"

namespace weft::mesh {

struct ComponentStatus {
  std::string component;
  kube::Ref ref;
  std::string version;
  kube::Readiness readiness;
  std::string release;  // "istiod (deployed, revision 3)"; empty when helm did not make it
};

struct MeshStatus {
  std::string mesh;
  std::string name;
  std::string revision;
  std::string ns;
  std::string version;
  std::string managed_by;  // "weft", "helm", "istioctl", "operator", "unknown"
  Evidence evidence = Evidence::workload;
  std::vector<ComponentStatus> components;
  std::vector<std::string> warnings;

  bool ready() const;
};

// What belongs to a mesh as a whole, whatever its revisions.
struct MeshPlane {
  std::string mesh;
  DataPlane data;
  MeshCertificates certificates;
};

struct ClusterStatus {
  std::string context;
  std::string server;
  std::vector<MeshStatus> meshes;    // by mesh and revision
  std::vector<MeshPlane> planes;     // of those that have a control plane
  CheckReport webhooks;              // of the whole cluster
  std::vector<std::string> unknown;  // "pods: cannot list pods: forbidden"
  Snapshot snapshot;

  bool ready() const;
  const MeshPlane* plane(std::string_view mesh) const;
};

struct StatusRequest {
  std::string mesh{};  // id; empty is every mesh
  base::WallTime now{};
  Reading reading = Reading::side_by_side;
};

std::set<Part> status_parts();
// An error only when the cluster cannot be asked at all. A mesh asked for that is not there gives a
// status without meshes.
base::Result<ClusterStatus> read_status(kube::Cluster& cluster, kube::Helm* helm,
                                        const Catalog& catalog, const StatusRequest& request);

// Schema weft.status/v1.
doc::Value to_document(const ClusterStatus& status);

}  // namespace weft::mesh
