// k6's three summaries (grafana/k6:internal/js/summary.go and the docs of --summary-export):
// flat values, where a threshold's `true` means FAILED; handleSummary data, with values and
// {ok: bool}; and the machine-readable schema 1.0.0, with a list of metrics. Times are ms.
#pragma once

#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/smp/run.h"

namespace weft::smp {

bool is_k6(const doc::Value& root);
base::Result<Run> read_k6(const doc::Document& document);

}  // namespace weft::smp
