#include <algorithm>
#include <filesystem>
#include <ostream>

#include "cmd/output.h"
#include "cmd/schema/schema.h"
#include "cmd/validate/schemas.h"
#include "lib/schema/builtin.h"
#include "lib/schema/load.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;

struct Row {
  schema::KindName name;
  std::string origin;
};

// By kind; what was pulled hides what is compiled in.
Result<std::vector<Row>> rows_of(Context& context) {
  schema::SchemaSet pulled;
  std::vector<std::string> problems;
  std::error_code ignored;
  const std::string folder = schema_cache(context);
  if (std::filesystem::exists(folder, ignored))
    WEFT_CHECK(schema::add_path(pulled, folder, problems));
  std::vector<Row> rows;
  for (const auto& [name, origin] : pulled.list()) rows.push_back({name, std::string(origin)});
  for (const schema::KindName& name : schema::builtin_names())
    if (pulled.versions(name.group, name.kind).empty()) rows.push_back({name, "built in"});
  std::ranges::sort(rows, {}, &Row::name);
  return rows;
}

Result<ExitCode> list(Context& context) {
  WEFT_TRY(rows, rows_of(context));
  if (is_structured(context)) {
    doc::Value schemas = doc::Value::list();
    for (const auto& [name, origin] : rows)
      schemas.push(doc::Value::map()
                       .set("group", name.group)
                       .set("version", name.version)
                       .set("kind", name.kind)
                       .set("origin", origin));
    doc::Value document;
    document.set("schema", "weft.schemas/v1").set("schemas", std::move(schemas));
    return print(context, document);
  }
  term::Table table{{{"group"}, {"version"}, {"kind"}, {"from"}}};
  for (const auto& [name, origin] : rows)
    table.rows.push_back({{name.group}, {name.version}, {name.kind}, {origin}});
  context.out << term::render(table, context.out_term);
  return ExitCode::done;
}

}  // namespace

cli::Command schema_list_command() {
  return {.name = "list",
          .summary = "List the schemas at hand: those pulled and those compiled in",
          .examples = {{"weft schema list", ""},
                       {"weft schema list -o json", "schema weft.schemas/v1"}},
          .exit_notes = {{ExitCode::input, "a stored schema cannot be read"}},
          .run = list};
}

}  // namespace weft::cmd
