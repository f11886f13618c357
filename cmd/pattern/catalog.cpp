#include <memory>
#include <ostream>

#include "cmd/output.h"
#include "cmd/pattern/pattern.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/write.h"
#include "lib/pattern/reading/shipped.h"
#include "lib/term/fit.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;
using pattern::Shipped;

constexpr int kWidest = 100;

struct Options {
  std::string name;
  bool executable = false;
};

doc::Value document_of(const Shipped& entry) {
  doc::Value out;
  out.set("id", entry.id).set("name", entry.name).set("area", entry.area);
  out.set("category", entry.category).set("summary", entry.summary);
  return std::move(out.set("executable", entry.executable()));
}

Result<ExitCode> list(Context& context, const Options& options) {
  doc::Value rows = doc::Value::list();
  term::Table table{{{"id"}, {"category"}, {"summary"}}};
  std::string area;
  for (const Shipped& entry : pattern::shipped()) {
    if (options.executable && !entry.executable()) continue;
    rows.push(document_of(entry));
    if (context.output == Output::name) context.out << entry.id << '\n';
    if (area != entry.area) table.rows.push_back({{entry.area, term::Style::bold}});
    area = entry.area;
    const auto style = entry.executable() ? term::Style::plain : term::Style::dim;
    table.rows.push_back(
        {{"  " + entry.id, style}, {entry.category, style}, {entry.summary, style}});
  }
  if (context.output == Output::name) return ExitCode::done;
  if (is_structured(context))
    return print(
        context,
        doc::Value().set("schema", "weft.pattern-catalog/v1").set("patterns", std::move(rows)));
  context.out << term::render(table, context.out_term);
  if (!context.quiet && !options.executable)
    context.err << "note: dimmed ones are concepts: weft pattern catalog show tells what to use\n";
  return ExitCode::done;
}

std::string text_of(const Shipped& entry, const term::Terminal& terminal) {
  const auto part = [&terminal](std::string_view title, std::string_view text) {
    if (text.empty()) return std::string();
    return fmt::format("\n{}\n  {}\n", term::paint(terminal, term::Style::bold, title),
                       term::wrap(text, std::min(terminal.width, kWidest), 2, 2));
  };
  std::string out =
      fmt::format("{} ({})\n{}, {}\n", entry.name, entry.id, entry.area, entry.category);
  out += part("In short", entry.summary) + part("Purpose", entry.purpose) +
         part("When", entry.when) + part("Watch", entry.watch) + part("Instead", entry.instead);
  if (!entry.executable()) return out;
  return out + fmt::format("\n{}\n{}", term::paint(terminal, term::Style::bold, "Pattern"),
                           doc::write_yaml(entry.document));
}

Result<ExitCode> show(Context& context, const Options& options) {
  WEFT_TRY(entry, pattern::find_shipped(options.name));
  if (is_structured(context)) {
    doc::Value out;
    out.set("schema", "weft.pattern-catalog-entry/v1");
    const doc::Value head = document_of(*entry);
    for (const doc::Member& member : head.members()) out.set(member.key, member.value);
    out.set("purpose", entry->purpose).set("when", entry->when).set("watch", entry->watch);
    out.set("instead", entry->instead).set("pattern", entry->document);
    return print(context, out);
  }
  context.out << text_of(*entry, context.out_term);
  if (entry->executable() && !context.quiet)
    context.err << fmt::format("next: weft pattern catalog apply {} --set NAME=VALUE\n", entry->id);
  return ExitCode::done;
}

}  // namespace

std::vector<cli::Candidate> complete_shipped(Context&, std::string_view prefix) {
  std::vector<cli::Candidate> out;
  for (const Shipped& entry : pattern::shipped())
    if (entry.executable() && entry.id.starts_with(prefix))
      out.push_back({entry.id, entry.summary});
  return out;
}

cli::Command pattern_catalog_command() {
  auto options = std::make_shared<Options>();
  cli::Command list_command{
      .name = "list",
      .summary = "List the patterns that weft brings",
      .examples = {{"weft pattern catalog list", "all 56 of the book, by area"},
                   {"weft pattern catalog list --executable -o name", "those that can be applied"}},
      .flags = {cli::flag("--executable", options->executable, "leave concepts out")},
      .run = [options](Context& context) { return list(context, *options); }};
  cli::Command show_command{.name = "show",
                            .summary = "Show what a pattern is for, what to watch, and its text",
                            .examples = {{"weft pattern catalog show canary", ""}},
                            .arguments = {cli::argument("NAME", options->name, "the pattern")
                                              .completes(complete_shipped)},
                            .run = [options](Context& context) { return show(context, *options); }};
  return {
      .name = "catalog",
      .summary = "The service mesh patterns that weft brings",
      .description =
          "The 56 patterns of the service mesh patterns book. Those that can be carried out are "
          "written without the name of a mesh and take variables; every pattern command also "
          "takes them as catalog:NAME. The others are concepts, with what weft offers for them.",
      .examples = {{"weft pattern catalog list", ""},
                   {"weft pattern plan catalog:canary --var service=reviews --mesh istio --offline",
                    "with the other commands"}},
      .commands = {std::move(list_command), std::move(show_command),
                   pattern_catalog_apply_command(), pattern_catalog_coverage_command()}};
}

}  // namespace weft::cmd
