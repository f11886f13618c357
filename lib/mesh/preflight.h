// Everything that can be known to go wrong before anything is changed. Pure: it judges a snapshot;
// what needs the plan's objects is asked in rights.h.
//
//   WEFT_TRY(snapshot, read_snapshot(cluster, &helm, preflight_parts()));
//   CheckReport report = preflight({*mesh, version, selection, others, clock.wall()}, snapshot);
//   WEFT_CHECK(check_rights(cluster, needed, snapshot.may_everything, report));
//   report.ignore(flags.ignore);
//   if (report.count().fail > 0) return ExitCode::no;      // and nothing was changed
#pragma once

#include <set>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/mesh/check.h"
#include "lib/mesh/mesh.h"
#include "lib/mesh/selection.h"
#include "lib/mesh/snapshot.h"

namespace weft::mesh {

struct PreflightRequest {
  const Mesh& mesh;
  const Version& version;             // wanted
  const Selection& selection;         // with the features that the platform switches on by itself
  std::vector<const Mesh*> others{};  // further meshes that the cluster holds
  base::WallTime now{};
  std::string installed{};                // version that runs; empty for a new installation
  bool canary = false;                    // beside the one that runs
  bool adopt = false;                     // releases that others made may be taken over
  std::vector<std::string> namespaces{};  // besides those of the steps
};

// The parts of a snapshot that preflight looks at.
std::set<Part> preflight_parts();

CheckReport preflight(const PreflightRequest& request, const Snapshot& snapshot);

// The versions of the programs in use: tools-kubectl, tools-helm.
struct ToolVersions {
  std::optional<kube::Version> kubectl;
  std::optional<kube::Version> helm;
};
void check_tools(const ToolVersions& tools, const Snapshot& snapshot, CheckReport& report);

}  // namespace weft::mesh
