// Nighthawk's own output as JSON or YAML (envoyproxy/nighthawk:api/client/output.proto): "global"
// of the results, statistic benchmark_http_client.request_to_response. Durations are text
// ("0.000195s"), 64-bit numbers may be text. Percentiles are ticks of an HDR histogram (0.990625,
// never 0.99); a percentile is that of the first tick that reaches it, as Nighthawk itself prints.
#pragma once

#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/smp/run.h"

namespace weft::smp {

bool is_nighthawk(const doc::Value& root);
base::Result<Run> read_nighthawk(const doc::Document& document);

}  // namespace weft::smp
