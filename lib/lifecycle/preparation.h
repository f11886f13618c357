// What must be there before a step's chart: its namespace, and in it the secrets the user gave and
// what the mesh cannot make by itself (Linkerd's identity).
#pragma once

#include <string>

#include "lib/lifecycle/planning.h"
#include "lib/lifecycle/record.h"

namespace weft::lifecycle {

// A new namespace. `pod_security` is the Pod Security level it has to accept, "" for none.
kube::Object namespace_object(const std::string& ns, const std::string& pod_security);

void note_namespace(Record& record, const std::string& ns);  // as one that weft made

// Makes a namespace that does not exist and notes it; an existing one is left as it is.
base::Result<void> ensure_namespace(Work& work, Record& record, const std::string& ns,
                                    const std::string& pod_security);

// What goes into the namespace of a step, which is there.
base::Result<void> prepare_step(Work& work, const Setup& setup, const SetupStep& step,
                                const std::string& state_folder);

}  // namespace weft::lifecycle
