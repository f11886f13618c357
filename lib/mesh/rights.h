// What the user must be allowed to do for a plan.
//
//   const auto rights = needed_rights(objects, {"istio-system"}, Purpose::install);
//   WEFT_CHECK(check_rights(cluster, rights, snapshot.may_everything, report));
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/kube/cluster.h"
#include "lib/mesh/check.h"

namespace weft::mesh {

enum class Purpose { install, upgrade, uninstall };

// By group, resource and namespace, each once: those of the objects, of helm's release Secrets in
// `release_namespaces`, and of what readiness is judged by.
std::vector<kube::Access> needed_rights(const kube::Objects& objects,
                                        const std::vector<std::string>& release_namespaces,
                                        Purpose purpose);

// rights and rights-grant. Of a user who may do everything nothing more is asked.
base::Result<void> check_rights(kube::Cluster& cluster, const std::vector<kube::Access>& needed,
                                bool everything, CheckReport& report);

}  // namespace weft::mesh
