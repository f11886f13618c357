// Waiting for what a step or a whole mesh consists of.
#pragma once

#include <string>
#include <vector>

#include "lib/kube/wait.h"
#include "lib/lifecycle/work.h"
#include "lib/mesh/mesh.h"

namespace weft::lifecycle {

// The workloads among a step's objects.
std::vector<kube::Target> workloads_of(const kube::Objects& objects);

// What else the mesh's file says must be ready: webhooks, APIServices, workloads that the control
// plane makes at run time. They depend on the mesh answering, or on its version, so that they are
// optional: waited for a little while and told, failing nothing. `objects` are those of the steps,
// whose workloads are waited for anyway.
std::vector<kube::Target> further_targets(const std::vector<mesh::Ready>& ready,
                                          const kube::Objects& objects);

// Until all are ready or the work's deadline; what is missing is told as it changes, as `event`.
// Returns a line for each optional one that is not ready.
base::Result<std::vector<std::string>> wait_ready(Work& work,
                                                  const std::vector<kube::Target>& targets,
                                                  Event event);

}  // namespace weft::lifecycle
