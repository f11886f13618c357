// What measuring costs on this machine: the load engine against a server in the same process whose
// latency is known. The errors are those of engine, server and loopback together.
//
//   WEFT_TRY(laws, run_selftest({.qps = 1000}, on_law, stop));
//   laws[0].rows[0].error_ms();
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/number.h"
#include "lib/base/result.h"
#include "lib/base/stop.h"
#include "lib/load/engine.h"

namespace weft::perf {

struct SelftestOptions {
  double qps = 1000;
  base::Nanoseconds duration = std::chrono::seconds(5);  // for each law
  unsigned connections = 50;
};

struct SelftestRow {
  double percentile = 0;
  double truth_ms = 0;
  double measured_ms = 0;
  double error_ms() const { return measured_ms - truth_ms; }
};

struct SelftestLaw {
  std::string name;     // "fixed", "bimodal", "stall"
  std::string meaning;  // "every answer takes 2 ms"
  std::vector<SelftestRow> rows;
  load::Outcome outcome;
};

// The latency that the law has at a percentile (0 to 100). A stall lasts a tenth of its period, and
// there are two in a run, so that it does not matter when it begins.
double fixed_truth_ms(double percentile);
double bimodal_truth_ms(double percentile);
double stall_truth_ms(double percentile, base::Nanoseconds duration);

// `on_law` is called before each. An interrupted run ends with the laws so far.
base::Result<std::vector<SelftestLaw>> run_selftest(
    const SelftestOptions& options, const std::function<void(const SelftestLaw&)>& on_law,
    const base::StopFlag& stop);

}  // namespace weft::perf
