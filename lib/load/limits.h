// What this machine lets us use.
#pragma once

#include "lib/base/cpus.h"
#include "lib/base/result.h"

namespace weft::load {

// Whether one of `threads` workers may keep its CPU while it waits for a moment: where there are
// CPUs to spare, or where somebody has chosen CPUs for this program, and the quota allows it.
bool may_poll(const base::Cpus& cpus, unsigned threads);

// Raises the soft limit of open files as far as the hard one allows. A usage error when `needed`
// files are still too many.
base::Result<void> allow_open_files(unsigned long needed);

}  // namespace weft::load
