// The meshes and add-ons of a pattern in a cluster, through the lifecycle module.
//
//   LifecycleMeshes meshes(work, catalog, actor, charts);
//   WEFT_TRY(plan, meshes.plan(part.order));       // install 1.30.3, upgrade, or nothing
//   WEFT_CHECK(meshes.install(part.order));
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "lib/lifecycle/execute.h"
#include "lib/mesh/catalog.h"
#include "lib/pattern/resolving/resolve.h"

namespace weft::pattern {

struct MeshPlan {
  kube::Action action = kube::Action::none;
  std::string from{};  // version that is there; empty: none
  std::string to{};
};

// plan() and install() may be called from several threads, for different meshes.
class Meshes {
 public:
  virtual ~Meshes() = default;
  virtual base::Result<MeshPlan> plan(const MeshOrder& order) = 0;
  // Installs or upgrades where that is due, and waits until it is ready.
  virtual base::Result<void> install(const MeshOrder& order) = 0;
  virtual base::Result<void> remove(const std::string& id) = 0;
};

class LifecycleMeshes : public Meshes {
 public:
  LifecycleMeshes(lifecycle::Work& work, const mesh::Catalog& catalog, lifecycle::Actor actor,
                  mesh::ChartSources charts)
      : work_(work), catalog_(catalog), actor_(std::move(actor)), charts_(std::move(charts)) {}

  base::Result<MeshPlan> plan(const MeshOrder& order) override;
  base::Result<void> install(const MeshOrder& order) override;
  base::Result<void> remove(const std::string& id) override;

 private:
  struct Planned {
    MeshOrder order;
    lifecycle::Prepared prepared;
  };
  base::Result<const mesh::Mesh*> find(const std::string& id);
  base::Result<lifecycle::Prepared> prepare(const MeshOrder& order);

  lifecycle::Work& work_;
  const mesh::Catalog& catalog_;
  lifecycle::Actor actor_;
  mesh::ChartSources charts_;
  std::mutex mutex_;  // of planned_, and of the catalog, which reads on demand
  // By mesh, as planned last: installing it directly afterwards plans nothing again.
  std::map<std::string, Planned> planned_;
};

}  // namespace weft::pattern
