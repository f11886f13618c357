// Self-contained HTML pages: inline SVG and CSS, no script, nothing loaded. They read in light and
// dark and print in black and white.
//
//   WEFT_CHECK(base::write_file("run.html", report::run_page(run)));
#pragma once

#include <span>
#include <string>

#include "lib/smp/run.h"
#include "lib/stats/compare.h"

namespace weft::report {

std::string run_page(const smp::Run& run);

// Two or more runs over one another. `against_first[i]` compares runs[i + 1] with runs[0]; the runs
// are called A, B, C ... on the page.
std::string comparison_page(std::span<const smp::Run> runs,
                            std::span<const stats::Comparison> against_first);

}  // namespace weft::report
