// Self-contained HTML pages: inline SVG and CSS, no script, nothing loaded. They read in light and
// dark and print in black and white.
//
//   WEFT_CHECK(base::write_file("run.html", report::run_page(run)));
#pragma once

#include <string>

#include "lib/smp/run.h"

namespace weft::report {

std::string run_page(const smp::Run& run);

}  // namespace weft::report
