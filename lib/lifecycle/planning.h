// From a setup to a plan: renders every step, compares with what lives in the cluster, and finds
// what stands in the way. Changes nothing.
//
//   WEFT_TRY(prepared, plan_install(work, std::move(setup), std::move(installed), {"upgrade"}));
//   show(prepared.plan);
//   WEFT_CHECK(execute(work, prepared, ...));
#pragma once

#include <string>
#include <vector>

#include "lib/lifecycle/installed.h"
#include "lib/lifecycle/plan.h"
#include "lib/lifecycle/render.h"
#include "lib/lifecycle/setup.h"

namespace weft::lifecycle {

struct PlanOptions {
  std::string verb = "install";  // or "upgrade"
  bool adopt = false;            // take over releases and objects that weft did not install
  std::string canary{};          // revision of a control plane beside the one that runs
  std::string server_version{};  // empty: the cluster is asked
  std::vector<std::string> api_versions{};  // of its groups; likewise
};

// A step with everything that its execution needs. `setup` is null for the manifests of features,
// which come last.
struct PreparedStep {
  const SetupStep* setup = nullptr;
  std::string name;
  std::string ns;
  kube::Objects crds{};
  kube::Objects objects{};
  kube::Objects after{};  // applied once the objects are ready
  bool by_helm = true;    // else applied by us
  bool unchanged = false;
  int revision_before = 0;  // deployed before, where a rollback goes; 0: there was none
  bool died = false;        // an earlier run left the release pending
};

// The setup lives as long as this, at one place: the steps point into it.
struct Prepared {
  std::unique_ptr<Setup> setup;
  Installed installed;
  PlanOptions options;
  Plan plan;
  std::vector<PreparedStep> steps;
};

base::Result<Prepared> plan_install(Work& work, Setup setup, Installed installed,
                                    const PlanOptions& options);

// Without a cluster (`--dry-run=client`): everything counts as new, and the plan says so.
base::Result<Prepared> plan_offline(Work& work, Setup setup, const PlanOptions& options);

// The version that is installed, by record or release; empty when the mesh is not.
std::string installed_version(const mesh::Mesh& mesh, const Installed& installed);

}  // namespace weft::lifecycle
