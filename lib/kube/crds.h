// CustomResourceDefinitions: applied before everything else, server-side, because helm never
// upgrades those of crds/ and some are too big for client-side apply.
//
//   WEFT_TRY(plan, kube::plan_crds(cluster, desired));
//   for (const std::string& refusal : plan.refusals()) ...  // stored objects would be lost
//   WEFT_TRY(done, kube::apply_crds(cluster, desired, wait));
#pragma once

#include <string>
#include <vector>

#include "lib/kube/cluster.h"
#include "lib/kube/compare.h"
#include "lib/kube/wait.h"

namespace weft::kube {

struct CrdChange {
  std::string name;  // "virtualservices.networking.istio.io"
  Action action = Action::none;
  std::vector<std::string> versions_added;
  std::vector<std::string> versions_removed;
  std::string storage_from, storage_to;  // when the storage version changes
  std::string refusal;  // "version v1alpha1 would be removed, but objects are stored in it"
};

struct CrdPlan {
  std::vector<CrdChange> changes;  // also those without a change
  std::vector<std::string> refusals() const;
};

// The CRDs among `objects`.
Objects crds_among(const Objects& objects);

CrdChange compare_crd(const Object& desired, const std::optional<Object>& live);

// `live` in the order of `desired`.
CrdPlan plan_crds(const Objects& desired, const std::vector<std::optional<Object>>& live);
base::Result<CrdPlan> plan_crds(Cluster& cluster, const Objects& desired);

// Applies those that differ and waits until all are established. With a refusal in the plan it is
// an error and nothing is applied.
base::Result<CrdPlan> apply_crds(Cluster& cluster, const Objects& desired,
                                 const WaitOptions& options);

}  // namespace weft::kube
