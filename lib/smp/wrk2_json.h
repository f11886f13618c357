// The JSON that Meshery's build of wrk2 prints from its Lua script
// (layer5io/gowrk2:api/gowrk2.go, GoWRK2): microseconds, percentiles in milliseconds; other text
// may stand before it. Meshery's stored results are a fortio shape instead.
#pragma once

#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/smp/run.h"

namespace weft::smp {

bool is_wrk2_json(const doc::Value& root);
base::Result<Run> read_wrk2_json(const doc::Document& document);

}  // namespace weft::smp
