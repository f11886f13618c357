#include "lib/term/progress.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "lib/term/fit.h"
#include "lib/term/sparkline.h"

namespace weft::term {
namespace {

constexpr int kBarWidth = 20;
constexpr int kSparkWidth = 16;
constexpr int kGap = 2;

std::string fraction_bar(double fraction, const Terminal& terminal) {
  const auto done = std::lround(std::clamp(fraction, 0.0, 1.0) * kBarWidth);
  std::string filled;
  std::string rest;
  for (long i = 0; i < kBarWidth; ++i) {
    if (i < done)
      filled += terminal.unicode ? "━" : "#";
    else
      rest += terminal.unicode ? "─" : ".";
  }
  return paint(terminal, Style::cyan, filled) + paint(terminal, Style::dim, rest);
}

std::string log_line(const Progress& progress, const Terminal& terminal) {
  std::string out = printable(progress.head, terminal);
  for (const auto& fact : progress.facts) out += "  " + printable(fact, terminal);
  return out + "\n";
}

}  // namespace

std::string progress_line(const Progress& progress, const Terminal& terminal) {
  if (!terminal.tty) return log_line(progress, terminal);
  // The last column stays empty: writing it would wrap on some terminals.
  const int width = terminal.width - 1;
  std::string out = truncate(printable(progress.head, terminal), width, terminal);
  int used = display_width(out);
  const auto fits = [&](int columns) { return used + kGap + columns <= width; };
  const auto add = [&](const std::string& text, int columns) {
    out += "  " + text;
    used += kGap + columns;
  };
  if (progress.fraction && fits(kBarWidth))
    add(fraction_bar(*progress.fraction, terminal), kBarWidth);
  for (const auto& fact : progress.facts) {
    const auto text = printable(fact, terminal);
    if (!fits(display_width(text))) break;
    add(text, display_width(text));
  }
  const auto shown = std::min<std::size_t>(progress.recent.size(), kSparkWidth);
  if (shown != 0 && fits(static_cast<int>(shown)))
    add(sparkline(std::span(progress.recent).last(shown), terminal), static_cast<int>(shown));
  return "\r" + out + "\x1b[K";
}

std::string progress_end(const Terminal& terminal) { return terminal.tty ? "\r\x1b[K" : ""; }

}  // namespace weft::term
