#include <memory>
#include <ostream>

#include "cmd/output.h"
#include "cmd/pattern/pattern.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/capability/capability.h"
#include "lib/pattern/resolving/coverage.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;
using pattern::Covered;
using pattern::How;

struct Options {
  std::string mesh;
};

term::Cell mark_of(How how) {
  switch (how) {
    case How::whole:
      return {"yes", term::Style::green};
    case How::partial:
      return {"part", term::Style::yellow};
    case How::none:
      return {"-", term::Style::dim};
  }
  return {""};
}

term::Table matrix(const std::vector<Covered>& cells) {
  term::Table table{{{"pattern"}}};
  for (const auto& column : capability::meshes())
    table.columns.push_back({std::string(column.mesh)});
  for (const Covered& cell : cells) {
    if (table.rows.empty() || table.rows.back().size() == table.columns.size())
      table.rows.push_back({{cell.pattern->id}});
    table.rows.back().push_back(mark_of(cell.how));
  }
  return table;
}

term::Table reasons(const std::vector<Covered>& cells) {
  term::Table table{{{"pattern"}, {"written"}, {"why not, and what is nearest"}}};
  for (const Covered& cell : cells)
    table.rows.push_back({{cell.pattern->id}, mark_of(cell.how), {cell.reason}});
  return table;
}

doc::Value document_of(const std::vector<Covered>& cells) {
  doc::Value list = doc::Value::list();
  for (const Covered& cell : cells)
    list.push(doc::Value::map()
                  .set("pattern", cell.pattern->id)
                  .set("mesh", cell.mesh)
                  .set("written", name_of(cell.how))
                  .set("reason", cell.reason));
  return doc::Value::map().set("schema", "weft.pattern-coverage/v1").set("cells", std::move(list));
}

Result<ExitCode> run(Context& context, const Options& options) {
  if (!options.mesh.empty() && capability::find_column(options.mesh) == nullptr) {
    std::vector<std::string> names;
    for (const auto& column : capability::meshes()) names.emplace_back(column.mesh);
    return base::Error{ExitCode::usage,
                       fmt::format("patterns cannot be written for {}{}", options.mesh,
                                   base::did_you_mean(options.mesh, names)),
                       "weft capability list names the meshes"};
  }
  WEFT_TRY(catalog, mesh::Catalog::open(context.env.config_dir() + "/meshes"));
  WEFT_TRY(cells, pattern::coverage(catalog));
  if (!options.mesh.empty())
    std::erase_if(cells, [&options](const Covered& cell) { return cell.mesh != options.mesh; });
  if (is_structured(context)) return print(context, document_of(cells));
  context.out << term::render(options.mesh.empty() ? matrix(cells) : reasons(cells),
                              context.out_term);
  if (!context.quiet && options.mesh.empty())
    context.err << "note: --mesh NAME tells why not; part needs --allow-loss\n";
  return ExitCode::done;
}

}  // namespace

cli::Command pattern_catalog_coverage_command() {
  auto options = std::make_shared<Options>();
  return {.name = "coverage",
          .summary = "Show which pattern can be written for which mesh",
          .description =
              "Every pattern that can be carried out, written for every mesh as it is, without "
              "setting a variable.",
          .examples = {{"weft pattern catalog coverage", "the matrix"},
                       {"weft pattern catalog coverage --mesh osm", "with reasons"}},
          .flags = {cli::flag("--mesh", options->mesh, "one mesh, with reasons").takes("MESH")},
          .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
