// The CPUs that this process may use: what its affinity mask and its control group leave of the
// machine.
//
//   const base::Cpus machine = base::cpus();
//   start_workers(machine.usable);
#pragma once

#include <string>

namespace weft::base {

struct Cpus {
  unsigned usable = 1;  // of the affinity mask, and no more than the quota (rounded up)
  bool chosen = false;  // the affinity mask leaves out CPUs of the machine
  double quota = 0;  // CPUs granted by the control group, the smallest up to its root; 0: no limit
};
Cpus cpus();

// The quota in a cgroup v2 cpu.max file ("150000 100000" is 1.5 CPUs), 0 for "max" and for text
// that is none.
double parse_cpu_quota(const std::string& cpu_max);

}  // namespace weft::base
