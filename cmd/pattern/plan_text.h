// Plans and reports of patterns, for people and programs.
#pragma once

#include <string>

#include "lib/doc/value.h"
#include "lib/pattern/applying/apply.h"
#include "lib/term/terminal.h"

namespace weft::cmd {

// + is made, ~ is changed, - is removed, ! is refused; with the fields of what changes.
std::string plan_text(const pattern::Plan& plan, const pattern::Resolution& resolution, bool prune,
                      const term::Terminal& terminal);
doc::Value plan_document(const pattern::Plan& plan, const pattern::Resolution& resolution);

std::string report_text(const pattern::Report& report, const pattern::Resolution& resolution,
                        const term::Terminal& terminal);
doc::Value report_document(const pattern::Report& report, const pattern::Resolution& resolution);

}  // namespace weft::cmd
