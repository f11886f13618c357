// Undoing what an operation did: releases go back to the revision they had, new ones go away, the
// last step first. CRDs stay as they are, and running proxies keep what they have.
#pragma once

#include <string>
#include <vector>

#include "lib/lifecycle/planning.h"

namespace weft::lifecycle {

// Gives itself time of its own when the command's is used up. Errors name the release that could
// not be brought back; those before it (later steps) are.
base::Result<void> roll_back(Work& work, const std::vector<const PreparedStep*>& done,
                             const std::string& op);

// A release that a dead run left pending, made fit for the next helm command: rolled back to
// `revision`, or removed when there never was one.
base::Result<void> heal(Work& work, const kube::ReleaseName& name, int revision,
                        const std::string& op);

}  // namespace weft::lifecycle
