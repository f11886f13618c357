// Runs side by side as text.
#pragma once

#include <span>
#include <string>

#include "lib/perf/comparison.h"
#include "lib/smp/run.h"
#include "lib/term/terminal.h"

namespace weft::cmd {

std::string comparison_text(std::span<const smp::Run> runs, const perf::RunComparison& comparison,
                            const term::Terminal& terminal);

}  // namespace weft::cmd
