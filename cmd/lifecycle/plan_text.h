// Plans for people: + is made, ~ is changed, ! is made anew, - is removed. What deletes or widens
// something is shown at every level of detail.
#pragma once

#include <string>

#include "lib/lifecycle/plan.h"
#include "lib/term/terminal.h"

namespace weft::cmd {

enum class Detail { summary, full, diff };  // counts, objects, fields

std::string plan_text(const lifecycle::Plan& plan, Detail detail, const term::Terminal& terminal);

}  // namespace weft::cmd
