// The line that shows how far something is, redrawn in place on a terminal. Pure: the caller
// writes the text to its stream.
//
//   err << progress_line({0.4, "12s / 30s", {"4,997 req/s", "p99 4.56 ms"}, rates}, terminal);
//   "12s / 30s  ━━━━━━━━────────────  4,997 req/s  p99 4.56 ms  ▅▆▇█"
//   ...
//   err << progress_end(terminal);
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/term/terminal.h"

namespace weft::term {

struct Progress {
  std::optional<double> fraction{};  // 0..1; absent: no bar, the end is not known
  std::string head{};
  std::vector<std::string> facts{};  // most important first: those that do not fit are left out
  std::vector<double> recent{};      // sparkline at the end, newest value last; only when it fits
};

// On a terminal: returns to the start of the line, draws and erases the rest, and never wraps.
// Elsewhere: one plain line without bar or sparkline, for a log.
std::string progress_line(const Progress& progress, const Terminal& terminal);

// Removes the line from a terminal; empty elsewhere.
std::string progress_end(const Terminal& terminal);

}  // namespace weft::term
