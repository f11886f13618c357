// A cluster at one moment, as far as meshes care: what preflight, check and status look at. Parts
// are read side by side; a part that may not be read is unknown with the reason, not an error, so
// that a user with few rights still sees the rest.
//
//   WEFT_TRY(snapshot, read_snapshot(cluster, &helm, {Part::workloads, Part::webhooks}));
//   if (!snapshot.knows(Part::pods)) note(snapshot.unknown.at(Part::pods));
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/kube/cluster.h"
#include "lib/kube/helm.h"
#include "lib/mesh/pods.h"

namespace weft::mesh {

enum class Part {
  server,      // version and context
  api_groups,  // those that the server has
  namespaces,
  nodes,
  workloads,  // Deployments, StatefulSets, DaemonSets
  webhooks,   // mutating and validating configurations
  endpoints,  // EndpointSlices
  storage_classes,
  gateway_api,  // the CRD of Gateway, for its bundle version
  pods,
  releases,  // of helm
  records,   // ConfigMaps in which weft remembers its installations
  rights     // whether the user may do everything
};
std::string_view name_of(Part part);  // "pods", "helm releases"

struct Snapshot {
  std::optional<kube::ServerInfo> server;
  std::string context;
  std::vector<std::string> api_groups;    // without the core group
  std::vector<std::string> api_versions;  // of those groups: "apps/v1"
  kube::Objects namespaces;
  kube::Objects nodes;
  kube::Objects workloads;
  kube::Objects webhooks;
  kube::Objects endpoints;
  kube::Objects storage_classes;
  std::optional<kube::Object> gateway_crd;  // absent when there is none
  std::vector<Pod> pods;
  std::vector<kube::Release> releases;
  kube::Objects records;
  bool may_everything = false;

  std::set<Part> read;                  // asked for and known
  std::map<Part, std::string> unknown;  // asked for and refused, with the reason

  bool knows(Part part) const { return read.contains(part); }
  const kube::Object* ns(std::string_view name) const;  // nullptr when absent
};

enum class Reading { one_by_one, side_by_side };

// An error when the cluster cannot be reached, nobody is logged in, or the user stops it.
// Part::releases needs `helm`; without it that part is unknown.
base::Result<Snapshot> read_snapshot(kube::Cluster& cluster, kube::Helm* helm,
                                     const std::set<Part>& parts,
                                     Reading reading = Reading::side_by_side);

}  // namespace weft::mesh
