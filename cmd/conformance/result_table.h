// A conformance result as a table for people: what was observed, against what was expected.
#pragma once

#include <string>

#include "lib/conform/result.h"
#include "lib/term/terminal.h"

namespace weft::cmd {

std::string result_table(const conform::Run& run, const term::Terminal& terminal);

}  // namespace weft::cmd
