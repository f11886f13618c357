// `vegeta report -type=json` (tsenart/vegeta:lib/metrics.go): times in nanoseconds; status "0"
// means that no answer came.
#pragma once

#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/smp/run.h"

namespace weft::smp {

bool is_vegeta(const doc::Value& root);
base::Result<Run> read_vegeta(const doc::Document& document);

}  // namespace weft::smp
