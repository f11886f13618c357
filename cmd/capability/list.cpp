#include <memory>
#include <ostream>

#include "cmd/capability/capability.h"
#include "cmd/output.h"
#include "lib/base/format.h"
#include "lib/compile/compile.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using capability::Support;
using term::Style;

struct Mark {
  std::string_view text;
  Style style;
};

Mark mark_of(Support support) {
  switch (support) {
    case Support::first_class:
      return {"yes", Style::green};
    case Support::partial:
      return {"part", Style::yellow};
    case Support::annotation:
      return {"note", Style::yellow};
    case Support::raw:
      return {"raw", Style::yellow};
    case Support::experimental:
      return {"exp", Style::yellow};
    case Support::enterprise:
      return {"ent", Style::yellow};
    case Support::none:
      return {"-", Style::dim};
  }
  return {"", Style::plain};
}

// Short enough that twelve columns fit a terminal.
std::string_view short_name(std::string_view mesh) {
  if (mesh == "traefik-mesh") return "traefik";
  if (mesh == "nginx-service-mesh") return "nginx";
  if (mesh == "network-service-mesh") return "nsm";
  if (mesh == "app-mesh") return "appmesh";
  if (mesh == "gateway-api") return "gwapi";
  return mesh;
}

term::Table table_of() {
  term::Table table{{{"type"}}};
  for (const auto& column : capability::meshes())
    table.columns.push_back({std::string(short_name(column.mesh))});
  for (const auto& one : capability::all()) {
    std::vector<term::Cell> row{{one.type}};
    for (const auto& cell : one.cells) {
      const Mark mark = mark_of(cell.support);
      row.push_back({std::string(mark.text), mark.style});
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

constexpr const char* kLegend =
    "\nyes: fields of its own; part: some of it or by a detour; note: annotations, labels or "
    "values of a chart;\nraw: raw Envoy configuration; exp: experimental; ent: enterprise edition; "
    "-: "
    "none. weft capability show TYPE tells more.\n";

std::string markdown() {
  std::string text = "| type |";
  std::string rule = "|---|";
  for (const auto& column : capability::meshes()) {
    text += fmt::format(" {} |", column.name);
    rule += "---|";
  }
  text += "\n" + rule + "\n";
  for (const auto& one : capability::all()) {
    text += fmt::format("| {} |", one.type);
    for (const auto& cell : one.cells) text += fmt::format(" {} |", mark_of(cell.support).text);
    text += "\n";
  }
  return text;
}

doc::Value document() {
  doc::Value list = doc::Value::list();
  for (const auto& one : capability::all()) {
    doc::Value meshes = doc::Value::map();
    for (const auto& cell : one.cells)
      meshes.set(cell.mesh, doc::Value::map()
                                .set("support", capability::to_string(cell.support))
                                .set("compiles", compile::can_compile(one, cell.mesh)));
    list.push(doc::Value::map()
                  .set("id", one.id)
                  .set("type", one.type)
                  .set("name", one.name)
                  .set("title", one.title)
                  .set("summary", one.summary)
                  .set("meshes", std::move(meshes)));
  }
  return doc::Value::map()
      .set("schema", "weft.capabilities/v1")
      .set("capabilities", std::move(list));
}

base::Result<base::ExitCode> list(Context& context) {
  if (is_structured(context)) return print(context, document());
  if (context.output == Output::markdown)
    context.out << markdown();
  else if (context.output == Output::name)
    for (const auto& one : capability::all()) context.out << one.type << '\n';
  else
    context.out << term::render(table_of(), context.out_term) << kLegend;
  return base::ExitCode::done;
}

}  // namespace

cli::Command capability_list_command() {
  return {.name = "list",
          .summary = "List the capabilities and how well each mesh expresses them",
          .examples = {{"weft capability list", "the matrix"},
                       {"weft capability list -o md", "for a document"},
                       {"weft capability list -o json", "schema weft.capabilities/v1"}},
          .outputs = {"md"},
          .run = list};
}

}  // namespace weft::cmd
