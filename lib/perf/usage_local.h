// Resource use of what runs on this machine.
#pragma once

#include "lib/perf/usage.h"

namespace weft::perf {

base::Result<UsageReading> read_pid(const UsageSource& source, const UsageReach& reach);
// Of either version of control groups. Memory is the working set as kubelets count it: what is used
// but for the inactive part of the page cache.
base::Result<UsageReading> read_cgroup(const UsageSource& source, const UsageReach& reach);

}  // namespace weft::perf
