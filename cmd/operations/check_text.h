// Check reports for people: a line per result below its category, what to do below each finding.
#pragma once

#include <string>

#include "lib/mesh/check.h"
#include "lib/term/terminal.h"

namespace weft::cmd {

// `all` shows what is ok too; else findings alone.
std::string check_text(const mesh::CheckReport& report, const term::Terminal& terminal,
                       bool all = true);
// "12 ok, 1 warning, 2 failures, 3 skipped".
std::string check_summary(const mesh::CheckReport& report);

}  // namespace weft::cmd
