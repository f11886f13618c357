#include "lib/report/matrix_page.h"

#include "lib/base/format.h"
#include "lib/base/markup.h"
#include "lib/base/text.h"
#include "lib/report/html.h"

namespace weft::report {
namespace {

using conform::Capability;

std::string_view style_of(Capability capability) {
  switch (capability) {
    case Capability::full:
      return "good";
    case Capability::partial:
      return "warn";
    case Capability::fail:
      return "bad";
    case Capability::none:
    case Capability::untested:
      return "soft";
  }
  return "";
}

// The mark is a word for those who do not see the sign.
HtmlCell signature(conform::Signed mark) {
  return mark == conform::Signed::verified ? HtmlCell{"✔ signed", false, "good"}
                                           : HtmlCell{"no", false, "soft"};
}

std::string section_of(const conform::MatrixSection& part, std::size_t number) {
  HtmlTable rows{base::escape_markup(part.title), {{"Mesh"}, {"Setting"}}};
  for (const auto& column : part.columns) rows.head.push_back({base::escape_markup(column)});
  rows.head.insert(rows.head.end(), {{"Signed"}, {"Source"}, {"Notes"}});
  for (const auto& row : part.rows) {
    auto& cells = rows.rows.emplace_back();
    cells = {{base::escape_markup(row.mesh)}, {base::escape_markup(row.setting)}};
    for (const auto& cell : row.cells)
      cells.push_back({base::escape_markup(cell.text), false, style_of(cell.capability)});
    cells.push_back(signature(row.mark));
    cells.push_back({base::escape_markup(row.source)});
    cells.push_back({base::escape_markup(base::join(row.notes, "; "))});
  }
  std::string body = table(rows);
  for (const auto& remark : part.remarks)
    body += fmt::format("<p class=\"note\">{}</p>\n", base::escape_markup(remark));
  return section(fmt::format("section-{}", number), base::escape_markup(part.title), body);
}

}  // namespace

std::string matrix_page(const conform::Matrix& matrix) {
  std::string body =
      "<main>\n<header>\n<p class=\"over\">Conformance of service meshes</p>\n"
      "<h1>Who passes what</h1>\n<p class=\"sub\">Cells tell the capability and tests passed of "
      "tests counted. Untested is not failed.</p>\n</header>\n";
  std::size_t number = 0;
  for (const auto& part : matrix.sections) body += section_of(part, ++number);
  return document("Conformance of service meshes", body + "</main>\n");
}

}  // namespace weft::report
