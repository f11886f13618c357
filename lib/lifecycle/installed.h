// What weft and helm know about a mesh in a cluster before an operation begins: the releases, and
// weft's own record.
//
//   WEFT_TRY(installed, look_up(work, *mesh, state_folder));
//   if (const kube::Release* istiod = installed.find("istiod", "istio-system")) ...
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/lifecycle/record.h"
#include "lib/lifecycle/work.h"
#include "lib/mesh/mesh.h"
#include "lib/mesh/snapshot.h"

namespace weft::lifecycle {

struct Installed {
  std::vector<kube::Release> releases{};  // of the whole cluster
  std::optional<Record> record{};
  std::optional<base::MonoTime> home_missing_at{};  // when it was seen not to be there

  const kube::Release* find(std::string_view release, std::string_view ns) const;
  // Installed or begun by weft, says the record.
  bool ours(std::string_view release, std::string_view ns) const;
};

// The namespace of the control plane: where record and lock stand.
std::string home_of(const mesh::Mesh& mesh);

// `state_folder` is where a record lies when the cluster does not let us write one.
base::Result<Installed> look_up(Work& work, const mesh::Mesh& mesh,
                                const std::string& state_folder);
// The same from what was seen already; of releases and records that are unknown there, the cluster
// is asked.
base::Result<Installed> look_up(Work& work, const mesh::Mesh& mesh, const std::string& state_folder,
                                const mesh::Snapshot& seen);

// What weft keeps on this machine about one cluster: <state_folder>/<uid of kube-system>.
base::Result<std::string> cluster_folder(Work& work, const std::string& state_folder);

// The local stand-in for the ConfigMap: <cluster_folder>/<record name>.json.
base::Result<std::string> record_file(Work& work, const std::string& state_folder,
                                      const std::string& mesh);

}  // namespace weft::lifecycle
