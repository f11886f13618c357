// What must be there before a step's chart: its namespace, the secrets the user gave, and what the
// mesh cannot make by itself (Linkerd's identity).
#pragma once

#include <string>

#include "lib/lifecycle/planning.h"
#include "lib/lifecycle/record.h"

namespace weft::lifecycle {

// Makes a namespace that does not exist and notes it in the record. `pod_security` is the Pod
// Security level it has to accept, "" for none; an existing namespace is left as it is.
base::Result<void> ensure_namespace(Work& work, Record& record, const std::string& ns,
                                    const std::string& pod_security);

// Everything above for one step.
base::Result<void> prepare_step(Work& work, Record& record, const Setup& setup,
                                const SetupStep& step, const std::string& state_folder);

}  // namespace weft::lifecycle
