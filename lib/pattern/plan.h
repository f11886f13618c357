// What applying a pattern would change, service by service, told before anything changes. With a
// cluster the API server itself says what would come out (server-side dry run).
//
//   WEFT_TRY(plan, make_plan(target, resolution, graph));
//   for (const PlannedService& service : plan.services) show(service.action, service.changes);
#pragma once

#include <string>
#include <vector>

#include "lib/kube/compare.h"
#include "lib/pattern/graph.h"
#include "lib/pattern/inventory.h"
#include "lib/pattern/meshes.h"
#include "lib/pattern/secrets.h"

namespace weft::pattern {

// The cluster as plan, apply and delete use it.
struct Target {
  kube::Cluster& cluster;
  Meshes& meshes;
  Secrets& secrets;
  Inventory inventory;
};

struct PlannedService {
  std::size_t service = 0;
  kube::Action action = kube::Action::none;
  std::vector<kube::Change> changes{};  // of its objects; those without a change are left out
  MeshPlan mesh{};
  std::vector<std::string> unknown{};  // what could not be known beforehand, and why
};

struct Plan {
  bool offline = false;
  std::vector<kube::Change> namespaces;
  std::vector<PlannedService> services;  // in the order of the levels
  std::vector<kube::Ref> leaving;        // members that left the file; --prune deletes them
  std::vector<std::string> meshes_leaving;

  bool changes_anything(bool prune) const;
};

Plan plan_offline(const Resolution& resolution, const Graph& graph);
base::Result<Plan> make_plan(Target& target, const Resolution& resolution, const Graph& graph);

// The objects of a part as they are sent: secrets opened, labelled as members.
base::Result<kube::Objects> outgoing(Target& target, const Part& part);

// In batches: an object that is not there, or whose kind or namespace is not, is absent.
base::Result<std::vector<std::optional<kube::Object>>> read_live(kube::Cluster& cluster,
                                                                 const kube::Objects& objects);

}  // namespace weft::pattern
