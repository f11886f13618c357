#include <algorithm>
#include <memory>
#include <ostream>

#include "cmd/output.h"
#include "cmd/pattern/input.h"
#include "cmd/pattern/pattern.h"
#include "cmd/validate/schemas.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/pattern/resolving/check.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;
using pattern::Level;

struct Options {
  PatternFlags input;
  std::vector<std::string> schemas;
};

std::set<schema::KindName> kinds_of(const pattern::Resolution& resolution) {
  std::set<schema::KindName> out;
  for (const pattern::Part& part : resolution.parts)
    for (const kube::Object& object : part.objects) {
      const kube::Ref ref = kube::ref_of(object);
      out.insert({ref.group, ref.version, ref.kind});
    }
  return out;
}

doc::Value document_of(const PatternInput& input) {
  const pattern::Pattern& pattern = input.reading.pattern;
  doc::Value notes = doc::Value::list();
  for (const pattern::Note& note : input.reading.notes) {
    doc::Value one;
    one.set("level", name_of(note.level))
        .set("message", note.message)
        .set("file", note.where.source)
        .set("line", std::int64_t{note.where.line})
        .set("column", std::int64_t{note.where.column});
    notes.push(std::move(one));
  }
  doc::Value out;
  out.set("schema", "weft.pattern-check/v1")
      .set("name", pattern.name)
      .set("version", pattern.version)
      .set("dialect", name_of(pattern.dialect))
      .set("services", std::uint64_t{pattern.services.size()})
      .set("drawings", std::uint64_t{pattern.drawings.size()})
      .set("levels", std::uint64_t{input.graph.levels.size()})
      .set("notes", std::move(notes));
  return out;
}

Result<ExitCode> run(Context& context, const Options& options) {
  WEFT_TRY(input, open_pattern(context, options.input));
  pattern::Notes& notes = input->reading.notes;
  WEFT_TRY(schemas, read_schemas(context, options.schemas, kinds_of(input->resolution)));
  pattern::check_settings(input->resolution, schemas, notes);
  const auto errors = std::count_if(notes.begin(), notes.end(), [](const pattern::Note& note) {
    return note.level == Level::error;
  });
  if (is_structured(context)) {
    print(context, document_of(*input));
  } else {
    const pattern::Pattern& pattern = input->reading.pattern;
    context.out << notes_text(notes, !context.quiet, context.out_term);
    context.out << fmt::format("{}: {} ({}), {} in {}{}\n", options.input.path, pattern.name,
                               name_of(pattern.dialect),
                               base::plural(pattern.services.size(), "service"),
                               base::plural(input->graph.levels.size(), "level"),
                               errors == 0 ? "" : fmt::format(", {} wrong", errors));
  }
  return errors == 0 ? ExitCode::done : ExitCode::no;
}

}  // namespace

cli::Command pattern_validate_command() {
  auto options = std::make_shared<Options>();
  options->input.check_only = true;
  return {.name = "validate",
          .summary = "Check a pattern without a cluster",
          .description =
              "Reads the pattern, resolves references and types, orders the services and judges "
              "settings by the schemas at hand. Files that are no pattern are refused with the "
              "reason; what is read otherwise than it is written is told.",
          .examples = {{"weft pattern validate shop.yaml", ""},
                       {"weft pattern validate shop/ -o json", "a folder, for programs"}},
          .arguments = {cli::argument("FILE", options->input.path,
                                      "file, folder, URL, or - for standard input")},
          .flags = with_pattern_flags(
              options->input,
              {cli::flag("--namespace", options->input.ns, "namespace of what names none").as('n'),
               cli::flag("--schema-location", options->schemas,
                         "more schemas: file, folder or template with {group}, {version}, {kind}")
                   .takes("PATH")}),
          .exit_notes = {{ExitCode::no, "settings do not fit their schemas"},
                         {ExitCode::input, "the file is no pattern, or not a sound one"}},
          .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
