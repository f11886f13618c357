// Rows of Istio's benchmark reports (istio/tools:perf/benchmark/runner/fortio.py): one JSON object
// a line or CSV; whole microseconds, CPU in milli-cores and memory in MB or MiB per component.
// The components become the resources "dp", "cp" and "app".
#pragma once

#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/smp/run.h"

namespace weft::smp {

bool is_istio_row(const doc::Value& root);
base::Result<Run> read_istio_row(const doc::Document& document);

bool is_istio_csv(std::string_view text);
base::Result<std::vector<Run>> read_istio_csv(const doc::Source& source);

}  // namespace weft::smp
