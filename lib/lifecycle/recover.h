// After a run that died: what it left half done, and putting that right. The same command as
// before does it too; this is for those who want to go back rather than on.
//
//   WEFT_TRY(recovery, plan_recovery(work, *mesh, std::move(installed)));
//   WEFT_CHECK(recover(work, recovery, actor));
#pragma once

#include <string>
#include <vector>

#include "lib/lifecycle/execute.h"
#include "lib/lifecycle/installed.h"
#include "lib/mesh/mesh.h"

namespace weft::lifecycle {

enum class Remedy {
  roll_back,  // to `revision`
  remove,     // it never was deployed
  restore     // CRDs of the release that are missing are applied
};

struct Repair {
  kube::ReleaseName name;
  kube::ReleaseStatus status = kube::ReleaseStatus::unknown;
  Remedy remedy = Remedy::remove;
  int revision = 0;
  kube::Objects crds{};      // of restore
  std::string text() const;  // "istiod is pending-upgrade: roll back to revision 3"
};

struct Recovery {
  const mesh::Mesh* mesh = nullptr;
  Installed installed;
  std::vector<Repair> repairs;
  bool unfinished = false;  // the record says that an operation runs

  bool nothing() const { return repairs.empty() && !unfinished; }
};

base::Result<Recovery> plan_recovery(Work& work, const mesh::Mesh& mesh, Installed installed);

base::Result<void> recover(Work& work, const Recovery& recovery, const Actor& actor);

}  // namespace weft::lifecycle
