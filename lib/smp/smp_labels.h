// What SMP has no field for travels in the labels of a result under the prefix "weft.": counts,
// statuses, further percentiles, the set-up. Written and read back by one table.
//
//   run.labels + put_weft_labels(run)      // {"team": "shop", "weft.p95_ms": "4.2", ...}
#pragma once

#include "lib/smp/run.h"

namespace weft::smp {

// The user's labels and ours; ours win.
Labels with_weft_labels(const Run& run);

// Moves the labels that weft wrote from run.labels into the fields of the run. A label of our
// prefix that is not understood stays a label.
void take_weft_labels(Run& run);

}  // namespace weft::smp
