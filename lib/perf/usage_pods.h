// Resource use of pods, as the cluster tells it.
#pragma once

#include "lib/perf/usage.h"

namespace weft::perf {

// By the metrics API: rates over a while that it has taken itself.
base::Result<UsageReading> read_pods(const UsageSource& source, const UsageReach& reach);
// By the kubelets of the pods' nodes (/metrics/resource, which metrics
// servers read, too): totals, some seconds old.
base::Result<UsageReading> read_kubelet(const UsageSource& source, const UsageReach& reach);

}  // namespace weft::perf
