// An Error as people and programs read it.
//
//   weft: --duration: "5 parsecs" is not a duration
//     try: write it like 300ms, 1.5s or 1h30m
#pragma once

#include <string>

#include "lib/base/error.h"
#include "lib/term/terminal.h"

namespace weft::cmd {

// Message, place in the file with the line and a caret, cause, remedy.
std::string render_error(const base::Error& error, const term::Terminal& terminal);

// One line of JSON with its line end, schema weft.error/v1.
std::string error_json(const base::Error& error);

}  // namespace weft::cmd
