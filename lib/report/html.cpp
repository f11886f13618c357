#include "lib/report/html.h"

#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/report/style.h"

namespace weft::report {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

std::string_view entity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

std::string cell(const HtmlCell& cell, std::string_view tag) {
  std::string classes = cell.number ? "n" : "";
  if (!cell.style.empty()) classes += (classes.empty() ? "" : " ") + std::string(cell.style);
  const auto attribute = classes.empty() ? "" : fmt::format(" class=\"{}\"", classes);
  const auto scope = tag == "td" ? "" : tag == "th-row" ? " scope=\"row\"" : " scope=\"col\"";
  const auto name = tag.substr(0, 2);
  return fmt::format("<{}{}{}>{}</{}>", name, scope, attribute, cell.html, name);
}

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    std::size_t length = 1;
    while (byte >= 0x80 && i + length < text.size() && length < 4 &&
           (static_cast<unsigned char>(text[i + length]) & 0xc0) == 0x80)
      ++length;
    const auto character = text.substr(i, length);
    const auto named = entity(text[i]);
    if (!named.empty()) {
      out += named;
    } else if (!base::valid_utf8(character)) {
      out += kReplacement;
      length = 1;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += byte == '\n' || byte == '\t' ? std::string_view(" ") : kReplacement;
    } else {
      out += character;
    }
    i += length;
  }
  return out;
}

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
