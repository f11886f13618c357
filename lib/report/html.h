// The few pieces of HTML that the report is made of. Every text from a run passes through
// base::escape_markup: names, labels and error classes may say anything.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weft::report {

struct HtmlCell {
  std::string html{};        // escaped by the caller
  bool number = false;       // aligned to the right
  std::string_view style{};  // a class of the style sheet, "" for none
};

struct HtmlTable {
  std::string caption{};  // for screen readers
  std::vector<HtmlCell> head{};
  std::vector<std::vector<HtmlCell>> rows{};  // the first cell of a row is its header
};

std::string table(const HtmlTable& table);

// A titled part of the page with an id to link to.
std::string section(std::string_view id, std::string_view title, std::string_view body);

// A whole document that loads nothing and runs nothing.
std::string document(std::string_view title, std::string_view body);

}  // namespace weft::report
