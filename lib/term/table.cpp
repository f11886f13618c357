#include "lib/term/table.h"

#include <algorithm>
#include <numeric>

namespace weft::term {
namespace {

constexpr int kGap = 2;
constexpr int kNarrowest = 8;  // a cut column keeps this much

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

std::vector<int> natural_widths(const Table& table, const Terminal& terminal) {
  std::vector<int> widths;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const auto& column = table.columns[i];
    int width = std::max(column.min_width, table.headers ? display_width(column.header) : 0);
    for (const auto& row : table.rows)
      if (i < row.size()) width = std::max(width, display_width(printable(row[i].text, terminal)));
    widths.push_back(width);
  }
  return widths;
}

int narrowest(const Column& column) {
  return std::max({column.min_width, display_width(column.header), kNarrowest});
}

void shrink_to_fit(const Table& table, int available, std::vector<int>& widths) {
  const int gaps = kGap * (static_cast<int>(widths.size()) - 1) + table.indent;
  int excess = std::accumulate(widths.begin(), widths.end(), gaps) - available;
  while (excess-- > 0) {
    int* widest = nullptr;
    for (std::size_t i = 0; i < widths.size(); ++i)
      if (table.columns[i].align == Align::left && widths[i] > narrowest(table.columns[i]) &&
          (widest == nullptr || widths[i] > *widest))
        widest = &widths[i];
    if (widest == nullptr) return;
    --*widest;
  }
}

std::string line(const Table& table, const std::vector<Cell>& cells, const std::vector<int>& widths,
                 const Terminal& terminal) {
  std::string out(static_cast<std::size_t>(table.indent), ' ');
  std::size_t owed = 0;  // spaces that are only written when something follows
  for (std::size_t i = 0; i < std::min(cells.size(), widths.size()); ++i) {
    const auto text = truncate(printable(cells[i].text, terminal), widths[i], terminal);
    const auto fill = static_cast<std::size_t>(widths[i] - display_width(text));
    const bool right = table.columns[i].align == Align::right;
    if (!text.empty()) {
      out.append(owed + (right ? fill : 0), ' ');
      out += paint(terminal, cells[i].style, text);
      owed = right ? 0 : fill;
    } else {
      owed += fill;
    }
    owed += kGap;
  }
  if (out.find_first_not_of(' ') == std::string::npos) out.clear();
  return out + "\n";
}

}  // namespace

std::string render(const Table& table, const Terminal& terminal) {
  auto widths = natural_widths(table, terminal);
  if (terminal.tty) shrink_to_fit(table, terminal.width, widths);
  std::string out;
  if (table.headers) {
    std::vector<Cell> headers;
    for (const auto& column : table.columns)
      headers.push_back({upper(column.header), terminal.color ? Style::bold : Style::plain});
    out += line(table, headers, widths, terminal);
  }
  for (const auto& row : table.rows) out += line(table, row, widths, terminal);
  return out;
}

}  // namespace weft::term
