// Which meshes live in a cluster: the signatures of the catalogue against objects of the cluster.
// One finding for each mesh and, where a mesh has them, each revision.
//
//   WEFT_TRY(findings, mesh::detect(catalog, {snapshot.workloads, snapshot.webhooks,
//                                             snapshot.namespaces}));
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/kube/object.h"
#include "lib/mesh/catalog.h"

namespace weft::mesh {

struct VersionSource {
  std::string source;   // "image istio-system/istiod discovery", "label app.kubernetes.io/version"
  std::string value;    // as it stands there: "v1.30.3"
  std::string version;  // as the catalogue names it, without "v" where it does not know it
};

struct FoundComponent {
  std::string component;  // of the signature
  kube::Ref ref;
  std::string version;  // by its image; empty: unknown
};

enum class Evidence { workload, webhook, name };

struct Finding {
  std::string mesh;                    // id
  std::string revision;                // "" for meshes without revisions
  std::string ns;                      // of the control plane; "" when no workload was found
  std::string version;                 // of the most trusted source; "" when nothing tells
  bool known_version = false;          // it stands in the catalogue
  std::vector<VersionSource> sources;  // most trusted first: image, version label, chart label
  bool disagreement = false;           // the sources name different versions
  std::vector<FoundComponent> components;
  std::vector<std::string> webhooks;
  std::string managed_by;  // "helm", "istioctl", "operator", "unknown"
  std::string release;     // of helm, when it left its name
  Evidence evidence = Evidence::workload;
};

// Looks at Deployments, DaemonSets, StatefulSets, MutatingWebhookConfigurations and Namespaces;
// other kinds are ignored. Add-ons are found like meshes. Sorted by mesh and revision.
base::Result<std::vector<Finding>> detect(
    const Catalog& catalog, std::initializer_list<std::span<const kube::Object>> objects);

}  // namespace weft::mesh
