// What applying a pattern would change, service by service, told before anything changes. With a
// cluster the API server itself says what would come out (server-side dry run), also of objects
// that are new, unless the plan itself brings their namespace or kind. Values of secrets are
// masked.
//
//   WEFT_TRY(plan, make_plan(target, resolution, graph, force));
//   for (const PlannedService& service : plan.services) show(service.action, service.changes);
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/kube/compare.h"
#include "lib/pattern/planning/inventory.h"
#include "lib/pattern/planning/meshes.h"
#include "lib/pattern/planning/secrets.h"
#include "lib/pattern/resolving/graph.h"

namespace weft::pattern {

// The cluster as plan, apply and delete use it.
struct Target {
  kube::Cluster& cluster;
  Meshes& meshes;
  Secrets& secrets;
  Inventory inventory;
  unsigned abreast = 1;  // meshes of one level that are looked at, or installed, at the same time
};

// What the server, or helm, says it will not do, and what another pattern has.
struct Refusal {
  kube::Ref ref{};  // no kind: the mesh of the service
  std::string why;
  std::string remedy{};
  base::ExitCode code = base::ExitCode::cluster;
};

// Fields that another manager has: applying fails unless it takes them over.
struct Contested {
  kube::Ref ref;
  std::string manager;
  std::vector<std::string> fields;
};

struct PlannedService {
  std::size_t service = 0;
  kube::Action action = kube::Action::none;
  std::vector<kube::Change> changes{};  // of its objects; those without a change are left out
  MeshPlan mesh{};
  std::vector<Refusal> refused{};
  std::vector<Contested> contested{};
  std::vector<std::string> unknown{};  // what could not be asked beforehand, and why
};

struct Plan {
  bool offline = false;
  std::vector<kube::Change> namespaces;
  std::vector<PlannedService> services;  // in the order of the levels
  std::vector<kube::Ref> leaving;        // members that left the file; --prune deletes them
  std::vector<std::string> meshes_leaving;

  bool changes_anything(bool prune) const;
  // Of the first refusal or contested field; absent when the server would take everything.
  std::optional<base::ExitCode> obstacle() const;
};

Plan plan_offline(const Resolution& resolution, const Graph& graph);
// `force`: fields of other managers, and objects of other patterns, would be taken over.
base::Result<Plan> make_plan(Target& target, const Resolution& resolution, const Graph& graph,
                             bool force);

// Everything that is a namespace and no service: those of the resolution, and the inventory's.
kube::Objects namespaces_of(const Target& target, const Resolution& resolution);
// As they live. Who may not look at namespaces is taken at their word that those without marks are
// there.
base::Result<std::vector<std::optional<kube::Object>>> read_namespaces(
    kube::Cluster& cluster, const kube::Objects& namespaces);

// The objects of a part as they are sent: secrets opened, labelled as members.
base::Result<kube::Objects> outgoing(Target& target, const Part& part);
// Its order with the secrets in helm values opened.
base::Result<MeshOrder> outgoing_order(Target& target, const Part& part);

// In batches: an object that is not there, or whose kind or namespace is not, is absent.
base::Result<std::vector<std::optional<kube::Object>>> read_live(kube::Cluster& cluster,
                                                                 const kube::Objects& objects);

}  // namespace weft::pattern
