// How many pods stand behind a Service, as far as files tell.
#pragma once

#include "lib/rules/inventory.h"

namespace weft::rules {

// As written, with the default of 1; a Pod counts as 1. Absent for what has no number of its own:
// DaemonSets and Jobs.
std::optional<std::int64_t> replicas(const Workload& workload);

// Pods of all workloads of the Service together; absent when one of them does not tell.
std::optional<std::int64_t> replicas(const Inventory& in, const Resource& service);

}  // namespace weft::rules
