// A series of numbers as a line of eight block heights: "▁▂▃▅█".
#pragma once

#include <span>
#include <string>

#include "lib/term/terminal.h"

namespace weft::term {

// The scale starts at zero, so a steady series is a flat line at full height. A series longer than
// `columns` is averaged down to it; 0 means no limit. Negative values and NaN count as zero.
std::string sparkline(std::span<const double> values, const Terminal& terminal, int columns = 0);

// A bar of `fraction` (0..1) of `width` columns, in eighths of a column where there is unicode.
// Something above zero always shows. Not padded.
std::string bar(double fraction, int width, const Terminal& terminal);

}  // namespace weft::term
