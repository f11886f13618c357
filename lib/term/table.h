// A table in text, in the manner of kubectl: columns aligned by spaces, headers in capitals, no
// boxes. Every line ends in a newline and none has trailing spaces.
//
//   Table table{{{"name"}, {"p99", Align::right}}};
//   table.rows.push_back({{"baseline"}, {"4.56 ms", Style::bold}});
//   out << render(table, terminal);
#pragma once

#include <string>
#include <vector>

#include "lib/term/fit.h"
#include "lib/term/terminal.h"

namespace weft::term {

struct Column {
  std::string header{};
  Align align = Align::left;
  int min_width = 0;
};

struct Cell {
  std::string text{};
  Style style = Style::plain;
};

struct Table {
  std::vector<Column> columns{};
  std::vector<std::vector<Cell>> rows{};  // a missing cell at the end of a row is empty
  int indent = 0;                         // spaces before every line
  bool headers = true;
};

// On a terminal the widest left-aligned columns are cut until a line fits; figures never are.
// Elsewhere nothing is cut, so that pipes see all.
std::string render(const Table& table, const Terminal& terminal);

}  // namespace weft::term
