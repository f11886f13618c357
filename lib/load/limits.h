// What this machine lets us use.
#pragma once

#include "lib/base/result.h"

namespace weft::load {

struct Cpus {
  unsigned usable = 1;  // of the affinity mask, and no more than the quota (rounded up)
  bool chosen = false;  // the affinity mask leaves out CPUs of the machine
  double quota = 0;     // CPUs granted by the control group; 0: no limit
};
Cpus cpus();

// Whether one of `threads` workers may keep its CPU while it waits for a moment: where there are
// CPUs to spare, or where somebody has chosen CPUs for this program, and the quota allows it.
bool may_poll(const Cpus& cpus, unsigned threads);

// The quota in a cgroup v2 cpu.max file ("150000 100000" is 1.5 CPUs), 0 for "max" and for text
// that is none.
double parse_cpu_quota(const std::string& cpu_max);

// Raises the soft limit of open files as far as the hard one allows. A usage error when `needed`
// files are still too many.
base::Result<void> allow_open_files(unsigned long needed);

}  // namespace weft::load
