// Text made to fit a terminal: safe to print, cut or padded to a number of columns.
#pragma once

#include <string>
#include <string_view>

#include "lib/term/terminal.h"

namespace weft::term {

enum class Align { left, right };

// One line that cannot steer the terminal: control characters and malformed UTF-8 become '?'.
// Without unicode, the symbols of our own renderings (µ – … ·) get ASCII stand-ins.
std::string printable(std::string_view text, const Terminal& terminal);

// At most `width` columns; what is cut off shows as "…" (or "~").
std::string truncate(std::string_view text, int width, const Terminal& terminal);

// At least `width` columns, filled with spaces.
std::string pad(std::string_view text, int width, Align align = Align::left);

// Lines of at most `width` columns, broken at spaces; a longer word stays whole. The cursor stands
// at `column`, further lines start at `indent`. No newline at the end.
std::string wrap(std::string_view text, int width, int column = 0, int indent = 0);

}  // namespace weft::term
