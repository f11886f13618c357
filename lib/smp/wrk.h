// What wrk and wrk2 print (wg/wrk:src/wrk.c; giltene/wrk2:src/wrk.c), the output of several runs
// in one file included. wrk2 adds an HdrHistogram: its spectrum gives the buckets. Its corrected
// latency is the latency; the uncorrected one that -U adds is the service time, never a mixture.
#pragma once

#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/smp/run.h"

namespace weft::smp {

bool is_wrk(std::string_view text);
base::Result<std::vector<Run>> read_wrk(const doc::Source& source);

}  // namespace weft::smp
