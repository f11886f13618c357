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

}  // namespace weft::term
