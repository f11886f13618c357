#include "lib/report/html.h"

#include "lib/base/format.h"
#include "lib/report/style.h"

namespace weft::report {
namespace {

std::string cell(const HtmlCell& cell, std::string_view tag) {
  std::string classes = cell.number ? "n" : "";
  if (!cell.style.empty()) classes += (classes.empty() ? "" : " ") + std::string(cell.style);
  const auto attribute = classes.empty() ? "" : fmt::format(" class=\"{}\"", classes);
  const auto scope = tag == "td" ? "" : tag == "th-row" ? " scope=\"row\"" : " scope=\"col\"";
  const auto name = tag.substr(0, 2);
  return fmt::format("<{}{}{}>{}</{}>", name, scope, attribute, cell.html, name);
}

}  // namespace

std::string table(const HtmlTable& table) {
  std::string out = "<div class=\"scroll\"><table>";
  if (!table.caption.empty())
    out += fmt::format("<caption class=\"hidden\">{}</caption>", table.caption);
  if (!table.head.empty()) {
    out += "<thead><tr>";
    for (const auto& each : table.head) out += cell(each, "th");
    out += "</tr></thead>";
  }
  out += "<tbody>\n";
  for (const auto& row : table.rows) {
    out += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) out += cell(row[i], i == 0 ? "th-row" : "td");
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string section(std::string_view id, std::string_view title, std::string_view body) {
  if (body.empty()) return {};
  return fmt::format(
      "<section id=\"{0}\" aria-labelledby=\"{0}-title\">\n<h2 id=\"{0}-title\">{1}</h2>\n{2}"
      "</section>\n",
      id, title, body);
}

std::string document(std::string_view title, std::string_view body) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" "
      "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n{}</body>\n</html>\n",
      title, style_sheet(), body);
}

}  // namespace weft::report
