// ghz's JSON report (bojand/ghz:runner/reporter.go): gRPC load, times in nanoseconds.
#pragma once

#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/smp/run.h"

namespace weft::smp {

bool is_ghz(const doc::Value& root);
base::Result<Run> read_ghz(const doc::Document& document);

}  // namespace weft::smp
