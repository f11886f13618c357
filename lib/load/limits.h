// What this machine lets us use.
#pragma once

#include "lib/base/result.h"

namespace weft::load {

// CPUs this process may really use: of its affinity mask, and no more than the CPU quota of its
// control group (rounded up). At least 1.
unsigned usable_cpus();

// The quota in a cgroup v2 cpu.max file ("150000 100000" is 1.5 CPUs), 0 for "max" and for text
// that is none.
double parse_cpu_quota(const std::string& cpu_max);

// Raises the soft limit of open files as far as the hard one allows. A usage error when `needed`
// files are still too many.
base::Result<void> allow_open_files(unsigned long needed);

}  // namespace weft::load
