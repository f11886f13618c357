// What this machine lets us use.
#pragma once

#include "lib/base/cpus.h"
#include "lib/base/result.h"

namespace weft::load {

// Whether one of `threads` workers may keep its CPU while it waits for a moment: where there are
// CPUs to spare, or where somebody has chosen CPUs for this program, and the quota allows it.
bool may_poll(const base::Cpus& cpus, unsigned threads);

// Raises the soft limit of open files as far as the hard one allows: how many of the `wished` ones
// may be open now. A usage error when that is less than `needed`.
base::Result<unsigned long> allow_open_files(unsigned long needed, unsigned long wished);

}  // namespace weft::load
