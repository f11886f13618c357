// Resource use as a Prometheus has it from kubelets (cAdvisor).
#pragma once

#include "lib/perf/usage.h"

namespace weft::perf {

// Totals, as old as the last scrape; `at` is its time. A timeout error where Prometheus has no such
// series, which may be one that is to come.
base::Result<UsageReading> read_prometheus(const UsageSource& source, const UsageReach& reach);

}  // namespace weft::perf
