// One step of a setup against the cluster: what it would bring, and what of that is new there.
// Steps are planned side by side, so what is found stays the step's own until plan_install puts it
// together.
//
//   WEFT_TRY(draft, draft_step(work, prepared, step));
//   for (const std::string& owner : draft.owners) refuse(owner);
#pragma once

#include <string>
#include <vector>

#include "lib/lifecycle/changes.h"
#include "lib/lifecycle/planning.h"

namespace weft::lifecycle {

struct StepDraft {
  PreparedStep prepared;
  PlannedStep planned;
  std::vector<kube::Ref> uses{};      // all that was rendered, hooks too; none when unchanged
  std::vector<std::string> owners{};  // objects of it that exist and belong to something else
  std::vector<std::string> warnings{};
  std::vector<std::string> images{};
};

// The head of a step in the plan: names, versions, digests.
PlannedStep planned_of(const SetupStep& step);

// `plan` has setup, installed, options and the version of the server.
base::Result<StepDraft> draft_step(Work& work, const Prepared& plan, const SetupStep& step);

// Objects that are applied without helm, against those that live.
base::Result<Comparison> compare_live(Work& work, const mesh::Mesh& mesh,
                                      const kube::Objects& desired);

}  // namespace weft::lifecycle
