// Taking namespaces into a mesh and out of it: labels and annotations as the catalogue has them,
// what excludes each other removed, running pods restarted, and proof that they carry the proxy
// afterwards (or no longer do). Planned first, so that it can be shown and confirmed.
//
//   WEFT_TRY(plan, plan_onboarding(cluster, {*mesh, Direction::join, {"shop"}}));
//   show(plan); confirm();
//   WEFT_TRY(outcome, carry_out(cluster, *mesh, plan, wait));
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/kube/cluster.h"
#include "lib/kube/wait.h"
#include "lib/mesh/mesh.h"

namespace weft::mesh {

enum class Direction { join, leave };

struct OnboardingRequest {
  const Mesh& mesh;
  Direction direction = Direction::join;
  std::vector<std::string> namespaces;
  std::string mode{};      // empty: the first way the mesh has
  std::string revision{};  // a revision or tag, for meshes that know them
  bool restart = true;
  // Other meshes of the catalogue, to notice namespaces that belong to one of them.
  std::vector<const Mesh*> others{};
};

struct NamespacePlan {
  kube::Ref ns;
  kube::Cluster::Changes labels{};       // only what is not so already; absent removes
  kube::Cluster::Changes annotations{};  // likewise
  // Where a mesh knows no namespaces: what the pod templates of the workloads get.
  kube::Cluster::Changes pod_labels{};
  kube::Cluster::Changes pod_annotations{};
  std::vector<kube::Ref> workloads{};  // restarted, or changed
  std::vector<std::string> notes{};    // pods that nobody restarts, Pod Security in the way

  bool empty() const;
};

struct OnboardingPlan {
  Direction direction = Direction::join;
  std::vector<NamespacePlan> namespaces;
  bool restarts = true;
  bool by_pods = false;  // the mesh knows pods only, not namespaces
  bool proxies = true;   // pods show whether they belong to the mesh

  bool empty() const;
};

// The usage errors of plan_onboarding, which need no cluster.
base::Result<void> check_onboarding(const OnboardingRequest& request);

// Usage errors: a namespace of the system or of the mesh itself, a mode or revision that the mesh
// does not have. Cluster error: a namespace that does not exist. Input error: it belongs to another
// mesh that injects too.
base::Result<OnboardingPlan> plan_onboarding(kube::Cluster& cluster,
                                             const OnboardingRequest& request);

// For an uninstallation: out of the mesh with every namespace that belongs to it or holds pods with
// its proxy, but for those of the system and its own. Without namespaces where there are none.
base::Result<OnboardingPlan> plan_offboarding(kube::Cluster& cluster, const Mesh& mesh);

struct NamespaceOutcome {
  std::string ns;
  std::size_t pods = 0;                  // that run and want to be in the mesh, or out of it
  std::size_t settled = 0;               // of those, the ones that are
  std::vector<std::string> unsettled{};  // names of a few that are not
};

struct OnboardingOutcome {
  std::vector<NamespaceOutcome> namespaces;
  std::size_t restarted = 0;

  bool settled() const;
};

// Labels, restarts, waits until the workloads are ready, and looks at the pods. The error of the
// wait (timeout, interrupted) names what is not ready; labels stay as they are set by then.
base::Result<OnboardingOutcome> carry_out(kube::Cluster& cluster, const Mesh& mesh,
                                          const OnboardingPlan& plan,
                                          const kube::WaitOptions& wait);

}  // namespace weft::mesh
