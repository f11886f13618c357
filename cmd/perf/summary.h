// A run as text for a terminal: what `run` prints when it is done and `show` shows later. Each part
// returns whole lines, or nothing when the run does not tell.
#pragma once

#include <span>
#include <string>

#include "lib/perf/objectives.h"
#include "lib/smp/run.h"
#include "lib/term/terminal.h"

namespace weft::cmd {

// Name, what was asked and done, percentiles, errors, what the generator says about itself.
std::string summary(const smp::Run& run, const term::Terminal& terminal);

// One line per objective: the term, what was measured, met or missed.
std::string objectives_table(std::span<const perf::Judged> judged, const term::Terminal& terminal);

// How many took how long, how long a share took at most, and the run over time.
std::string charts(const smp::Run& run, const term::Terminal& terminal);

// Set-up, generator and machine as names and values, under headings.
std::string details(const smp::Run& run, const term::Terminal& terminal);

// A figure in the unit of its metric: "4.56 ms", "0.1%", "1,000".
std::string format_value(const stats::Metric& metric, double value);

// "2026-03-01 12:00:00", UTC; "-" when not known.
std::string format_when(std::optional<base::WallTime> time);

}  // namespace weft::cmd
