#include <memory>
#include <ostream>

#include "cmd/mesh/mesh.h"
#include "cmd/output.h"
#include "lib/base/text.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using mesh::Mesh;
using term::Style;

struct Options {
  bool all = false;
};

// Companions, history and add-ons come with --all.
bool is_listed(const Mesh& one, const Options& options) {
  return options.all || (one.kind == mesh::Kind::mesh && one.driver != mesh::Driver::none);
}

std::string newest(const Mesh& one) {
  const auto version = mesh::resolve(one, "");
  return version.ok() ? version->version : "-";
}

std::string_view installs(const Mesh& one) {
  return one.driver == mesh::Driver::none ? "-" : to_string(one.driver);
}

Style style_of(mesh::State state) {
  if (state == mesh::State::active) return Style::green;
  if (state == mesh::State::commercial) return Style::plain;
  return state == mesh::State::ended ? Style::red : Style::yellow;
}

std::string table_of(const std::vector<Mesh>& meshes, const Context& context) {
  const bool wide = context.output == Output::wide;
  term::Table table{{{"id"}, {"status"}, {"version"}, {"installed by"}, {"summary"}}};
  if (wide) table.columns.insert(table.columns.end(), {{"name"}, {"aliases"}, {"note"}});
  for (const auto& one : meshes) {
    const bool addon = one.kind == mesh::Kind::addon;
    std::vector<term::Cell> row{
        {one.id},
        {addon ? "add-on" : std::string(to_string(one.status.state)), style_of(one.status.state)},
        {newest(one)},
        {std::string(installs(one))},
        {one.summary}};
    if (wide) {
      row.push_back({one.name});
      row.push_back({base::join(one.aliases, ", ")});
      row.push_back({one.status.note});
    }
    table.rows.push_back(std::move(row));
  }
  return term::render(table, context.out_term);
}

doc::Value document_of(const std::vector<Mesh>& meshes) {
  doc::Value list = doc::Value::list();
  for (const auto& one : meshes) {
    doc::Value item;
    item.set("id", one.id).set("name", one.name).set("summary", one.summary);
    item.set("kind", to_string(one.kind)).set("state", to_string(one.status.state));
    if (!one.status.since.empty()) item.set("since", one.status.since);
    if (!one.status.note.empty()) item.set("note", one.status.note);
    if (!one.status.replaced_by.empty()) {
      doc::Value ids = doc::Value::list();
      for (const auto& id : one.status.replaced_by) ids.push(id);
      item.set("replaced_by", std::move(ids));
    }
    if (const auto version = mesh::resolve(one, ""); version.ok())
      item.set("newest_version", version->version);
    list.push(std::move(item.set("driver", to_string(one.driver))));
  }
  doc::Value document;
  document.set("schema", "weft.mesh-list/v1").set("meshes", std::move(list));
  return document;
}

base::Result<base::ExitCode> list(Context& context, const Options& options) {
  WEFT_TRY(catalog, open_catalog(context));
  WEFT_TRY(heads, catalog.heads());
  std::erase_if(heads, [&options](const Mesh& one) { return !is_listed(one, options); });
  if (is_structured(context)) return print(context, document_of(heads));
  if (context.output == Output::name) {
    for (const auto& one : heads) context.out << one.id << '\n';
    return base::ExitCode::done;
  }
  context.out << table_of(heads, context);
  return base::ExitCode::done;
}

}  // namespace

cli::Command mesh_list_command() {
  auto options = std::make_shared<Options>();
  return {.name = "list",
          .summary = "List the meshes of the catalogue",
          .examples = {{"weft mesh list", ""},
                       {"weft mesh list --all", "with companions, history and telemetry add-ons"},
                       {"weft mesh list -o json", "schema weft.mesh-list/v1"}},
          .flags = {cli::flag("--all", options->all,
                              "also companions, what is history, and telemetry add-ons")
                        .as('a')},
          .run = [options](Context& context) { return list(context, *options); }};
}

}  // namespace weft::cmd
