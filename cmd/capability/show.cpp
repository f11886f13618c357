#include <memory>
#include <ostream>

#include "cmd/capability/capability.h"
#include "cmd/output.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/compile/compile.h"
#include "lib/doc/write.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using capability::Capability;
using capability::Cell;
using capability::Setting;

struct Options {
  std::string name;
};

std::string kind_text(const Setting& setting) {
  std::string text(capability::to_string(setting.kind));
  return setting.list ? "list of " + text : text;
}

std::string values_text(const Setting& setting) {
  if (!setting.choices.empty()) return base::join(setting.choices, ", ");
  if (setting.min && setting.max) return fmt::format("{} to {}", *setting.min, *setting.max);
  if (setting.min) return fmt::format("from {}", *setting.min);
  return "";
}

std::string default_text(const Setting& setting) {
  if (setting.required) return "required";
  return setting.fallback.is_null() ? "" : doc::write_json(setting.fallback, 0);
}

void add_rows(term::Table& table, const std::vector<Setting>& settings, const std::string& prefix) {
  for (const auto& setting : settings) {
    table.rows.push_back({{prefix + setting.name},
                          {kind_text(setting)},
                          {default_text(setting)},
                          {setting.about},
                          {values_text(setting)}});
    add_rows(table, setting.fields, prefix + setting.name + ".");
  }
}

std::string range_text(const Cell& cell) {
  if (cell.since.empty() && cell.until.empty()) return "";
  if (cell.until.empty()) return "since " + cell.since;
  return cell.since.empty() ? "until " + cell.until
                            : fmt::format("{} to {}", cell.since, cell.until);
}

// Where it is known from that nothing can be written; empty where something can.
std::string source_of(const Capability& one, const Cell& cell) {
  if (compile::can_compile(one, cell.mesh)) return "";
  return cell.source.empty() ? std::string(capability::find_column(cell.mesh)->source)
                             : cell.source;
}

term::Table matrix(const Capability& one) {
  term::Table table{{{"mesh"}, {"support"}, {"releases"}, {"written"}, {"note"}}};
  for (std::size_t i = 0; i < one.cells.size(); ++i) {
    const Cell& cell = one.cells[i];
    const bool is_written = compile::can_compile(one, cell.mesh);
    table.rows.push_back({{std::string(capability::meshes()[i].name)},
                          {std::string(capability::to_string(cell.support))},
                          {range_text(cell)},
                          {is_written ? "yes" : "no"},
                          {is_written ? cell.note : "instead: " + cell.nearest}});
  }
  return table;
}

std::string fields_text(const Capability& one) {
  std::string text;
  for (std::size_t i = 0; i < one.cells.size(); ++i)
    for (const auto& use : one.cells[i].uses)
      text += fmt::format("  {}: {}\n", capability::meshes()[i].name, use);
  return text;
}

std::string sources_text(const Capability& one) {
  std::string text;
  for (std::size_t i = 0; i < one.cells.size(); ++i)
    if (const auto source = source_of(one, one.cells[i]); !source.empty())
      text += fmt::format("  {}: {}\n", capability::meshes()[i].name, source);
  return text.empty() ? "" : "\nWhat says that the others cannot:\n" + text;
}

std::string text_of(const Capability& one, const term::Terminal& terminal) {
  term::Table settings{{{"setting"}, {"kind"}, {"default"}, {"meaning"}, {"values"}}};
  add_rows(settings, one.settings, "");
  return fmt::format("{} ({}): {}\n{}\n\n{}\nExample:\n{}\n{}\nFields:\n{}{}",
                     term::paint(terminal, term::Style::bold, one.type), one.id, one.title,
                     one.summary, term::render(settings, terminal),
                     "  " + doc::write_json(one.examples.front(), 0) + "\n",
                     term::render(matrix(one), terminal), fields_text(one), sources_text(one));
}

std::string markdown(const Capability& one) {
  std::string text = fmt::format("## {}\n\n{}\n\n| mesh | support | note |\n|---|---|---|\n",
                                 one.type, one.summary);
  for (std::size_t i = 0; i < one.cells.size(); ++i) {
    const Cell& cell = one.cells[i];
    text += fmt::format("| {} | {} | {} |\n", capability::meshes()[i].name,
                        capability::to_string(cell.support),
                        cell.note.empty() ? cell.nearest : cell.note);
  }
  return text;
}

doc::Value settings_document(const std::vector<Setting>& settings) {
  doc::Value list = doc::Value::list();
  for (const auto& setting : settings) {
    doc::Value item = doc::Value::map()
                          .set("name", setting.name)
                          .set("kind", capability::to_string(setting.kind))
                          .set("list", setting.list)
                          .set("required", setting.required)
                          .set("about", setting.about);
    if (!setting.fallback.is_null()) item.set("default", setting.fallback);
    if (!setting.fields.empty()) item.set("fields", settings_document(setting.fields));
    list.push(std::move(item));
  }
  return list;
}

doc::Value document_of(const Capability& one) {
  doc::Value meshes = doc::Value::map();
  for (const auto& cell : one.cells) {
    doc::Value uses = doc::Value::list();
    for (const auto& use : cell.uses) uses.push(use);
    meshes.set(cell.mesh, doc::Value::map()
                              .set("support", capability::to_string(cell.support))
                              .set("compiles", compile::can_compile(one, cell.mesh))
                              .set("releases", range_text(cell))
                              .set("uses", std::move(uses))
                              .set("note", cell.note)
                              .set("nearest", cell.nearest)
                              .set("source", source_of(one, cell)));
  }
  return doc::Value::map()
      .set("schema", "weft.capability/v1")
      .set("id", one.id)
      .set("type", one.type)
      .set("name", one.name)
      .set("title", one.title)
      .set("summary", one.summary)
      .set("settings", settings_document(one.settings))
      .set("example", one.examples.front())
      .set("meshes", std::move(meshes));
}

base::Result<base::ExitCode> show(Context& context, const Options& options) {
  WEFT_TRY(one, capability::find(options.name));
  if (is_structured(context)) return print(context, document_of(*one));
  if (context.output == Output::markdown)
    context.out << markdown(*one);
  else
    context.out << text_of(*one, context.out_term);
  return base::ExitCode::done;
}

std::vector<cli::Candidate> complete(Context&, std::string_view prefix) {
  std::vector<cli::Candidate> candidates;
  for (const auto& one : capability::all())
    if (one.type.starts_with(prefix)) candidates.push_back({one.type, one.title});
  return candidates;
}

}  // namespace

cli::Command capability_show_command() {
  auto options = std::make_shared<Options>();
  return {.name = "show",
          .summary = "Show the settings of a capability and how each mesh takes them",
          .examples = {{"weft capability show Retry", ""},
                       {"weft capability show Retry -o json", "schema weft.capability/v1"},
                       {"weft capability show Retry -o md", "for a document"}},
          .arguments = {cli::argument("TYPE", options->name,
                                      "type, name or id, as Retry, retries or traffic.retry")
                            .completes(complete)},
          .outputs = {"md"},
          .run = [options](Context& context) { return show(context, *options); }};
}

}  // namespace weft::cmd
