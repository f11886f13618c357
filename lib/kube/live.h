// Everything of many kinds that a cluster holds, for what judges it as a whole. What may not be
// read is told and does not keep the rest from being read.
//
//   WEFT_TRY(resources, live_resources(cluster, {"services", "pods"}, is_mesh_group));
//   WEFT_TRY(live, read_live(cluster, resources, ""));
//   for (const Gap& gap : live.gaps) note("{} were not read: {}", gap.resource, gap.reason);
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/kube/cluster.h"

namespace weft::kube {

struct Resource {
  std::string name;  // "services", "virtualservices.networking.istio.io"
  bool namespaced = true;
};

struct Gap {
  std::string resource;
  std::string reason;
};

struct Live {
  Objects objects;
  std::vector<Gap> gaps;
};

// Those of `plain` that the cluster serves, and all resources of the API groups that `wanted`
// says yes to, each in the version the server prefers. "" is the core group.
base::Result<std::vector<Resource>> live_resources(
    Cluster& cluster, const std::vector<std::string>& plain,
    const std::function<bool(std::string_view group)>& wanted);

// Objects that another object controls (the pods of a Deployment, the Jobs of a CronJob) are left
// out: their controller is there. So are the fields that only the server writes. Values of Secrets
// are blank, and those of helm's releases are not read. Where listing all namespaces is refused,
// `ns`, unless it is empty, is read alone, and that is a gap too. An error when the cluster cannot
// be reached or nobody is logged in.
base::Result<Live> read_live(Cluster& cluster, const std::vector<Resource>& resources,
                             const std::string& ns);

}  // namespace weft::kube
