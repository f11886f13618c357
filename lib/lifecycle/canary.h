// A second control plane beside the one that runs, under a revision's name: namespaces move over
// one by one, then the old one goes (finish) or the new one does (abort).
//
//   WEFT_CHECK(check_stage(*mesh, installed.record, Stage::begin));
//   WEFT_TRY(revision, settle_revision(setup, installed.record, Stage::begin, ""));
//   ... plan and execute: istiod-1-30-3 stands beside istiod ...
//   WEFT_CHECK(end_canary(work, *mesh, Stage::finish, actor));
#pragma once

#include <string>
#include <vector>

#include "lib/lifecycle/execute.h"

namespace weft::lifecycle {

enum class Stage { none, begin, finish, abort };

// Refuses what does not fit: a mesh without canaries, a second canary, an end without a beginning,
// an ordinary upgrade beside a canary.
base::Result<void> check_stage(const mesh::Mesh& mesh, const std::optional<Record>& record,
                               Stage stage);

// Gives the steps of the control plane their revision, as value and as end of the release's name:
// that of a new canary (`asked`, else the version with hyphens), of the canary that takes over, or
// the one the control plane has anyway. A new canary leaves the steps that neither bring CRDs nor
// belong to the control plane as they are. Returns the revision of a new canary, else "".
base::Result<std::string> settle_revision(Setup& setup, const std::optional<Record>& record,
                                          Stage stage, const std::string& asked);

// Refuses while pods outside the mesh's own namespaces have proxies of the control plane that
// `stage` would remove.
base::Result<void> check_abandoned(Work& work, const mesh::Mesh& mesh, const Record& record,
                                   Stage stage);

// The releases that the end of a canary removes.
base::Result<std::vector<PlannedStep>> plan_end(Work& work, const mesh::Mesh& mesh,
                                                const Installed& installed, Stage stage);

// Removes the old control plane (finish) or the canary (abort), and records which one is left.
base::Result<void> end_canary(Work& work, const mesh::Mesh& mesh, Stage stage, const Actor& actor);

// "istiod" and "istiod-1-30-3".
std::string release_of(const mesh::Step& step, const std::string& revision);
bool is_canary_step(const mesh::Mesh& mesh, const mesh::Step& step);

}  // namespace weft::lifecycle
