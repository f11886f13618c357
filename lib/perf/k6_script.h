// The script that k6 runs for a plan: one request, as a rate or as users without a pause, and a
// summary as JSON on standard output.
#pragma once

#include <string>

#include "lib/load/engine.h"

namespace weft::perf {

std::string k6_script(const load::Plan& plan);

}  // namespace weft::perf
