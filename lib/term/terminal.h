// What a stream can show, decided once: --color > NO_COLOR > CLICOLOR_FORCE > TERM=dumb > is it
// a terminal. Meaning is never carried by colour alone.
#pragma once

#include <string>
#include <string_view>

#include "lib/base/environment.h"

namespace weft::term {

enum class ColorChoice { automatic, always, never };

struct Terminal {
  bool tty = false;
  bool color = false;
  bool unicode = true;  // false for TERM=dumb: charts and sparklines fall back to ASCII
  int width = 80;       // columns
};

// Facts of the file descriptor under the rules above. Width: COLUMNS, else the terminal's, else 80.
Terminal inspect(int fd, ColorChoice choice, const base::Environment& env);

enum class Style { plain, bold, dim, red, green, yellow, blue, cyan };
std::string paint(const Terminal& terminal, Style style, std::string_view text);

// Columns that `text` takes on a terminal; UTF-8 aware, wide characters count two, no locale.
int display_width(std::string_view text);

}  // namespace weft::term
