// Taking a mesh out of a cluster: what goes, in which order, and what stays behind. Releases go in
// the reverse order of their installation, admission webhooks before the control plane that answers
// them; CRDs and namespaces only when asked for and when no other mesh uses them. Namespaces that
// belong to the mesh are named in a warning, or taken out of it before anything goes.
//
//   WEFT_TRY(removal, plan_removal(work, *mesh, std::move(installed), *catalog, {.purge = true}));
//   show(removal.plan);
//   WEFT_TRY(remains, remove_mesh(work, removal, actor));
#pragma once

#include <string>
#include <vector>

#include "lib/lifecycle/execute.h"
#include "lib/lifecycle/installed.h"
#include "lib/lifecycle/plan.h"
#include "lib/mesh/catalog.h"
#include "lib/mesh/onboarding.h"

namespace weft::lifecycle {

struct RemovalOptions {
  bool offboard = false;  // take what belongs to the mesh out of it first
  bool purge = false;     // CRDs with their objects, namespaces, what the catalogue calls leftovers
  bool keep_crds = false;  // even then
  bool force = false;      // strip finalizers of what does not go
  bool adopt = false;      // releases that weft did not install
};

struct Removal {
  const mesh::Mesh* mesh = nullptr;
  Installed installed;
  RemovalOptions options;
  Plan plan;
  mesh::OnboardingPlan offboarding{.direction = mesh::Direction::leave};  // goes first
  std::vector<kube::Release> releases;  // in the order in which they go
  std::vector<kube::Ref> webhooks;
  std::vector<kube::Ref> objects;  // made by weft without helm
  std::vector<kube::Ref> leftovers;
  std::vector<kube::Ref> crds;
  std::vector<kube::Ref> namespaces;

  bool nothing() const;
};

base::Result<Removal> plan_removal(Work& work, const mesh::Mesh& mesh, Installed installed,
                                   const mesh::Catalog& catalog, const RemovalOptions& options);

// What is still there afterwards and why, one line each.
struct Remains {
  std::vector<std::string> lines;
  std::string backup;  // file with the objects of deleted CRDs; empty when there were none
};

base::Result<Remains> remove_mesh(Work& work, const Removal& removal, const Actor& actor);

}  // namespace weft::lifecycle
