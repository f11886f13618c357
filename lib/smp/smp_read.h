// SMP results as runs: PerformanceTestResult in every spelling (D0, D1, D2, D4), alone or in a
// bundle of the four roots under the keys test, mesh, environment and result.
//
//   WEFT_TRY(run, smp::read_smp_result(document));
//   run.origin.dialect;                           // "D2"
#pragma once

#include <optional>
#include <string_view>

#include "lib/base/result.h"
#include "lib/doc/value.h"
#include "lib/smp/run.h"
#include "lib/smp/smp_document.h"

namespace weft::smp {

enum class LatencyUnit { milliseconds, seconds, microseconds };
std::optional<LatencyUnit> latency_unit(std::string_view word);  // "ms", "s", "us"

struct SmpOptions {
  // What the numbers under latencies_ms are. Without it they are milliseconds, and a document
  // whose numbers look like seconds, a known fault of two writers, is refused: nothing is ever
  // converted in silence.
  std::optional<LatencyUnit> unit;
};

base::Result<Run> read_smp_result(const doc::Document& document, const SmpOptions& options = {});

}  // namespace weft::smp
