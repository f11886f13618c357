#include <algorithm>
#include <filesystem>
#include <memory>
#include <ostream>

#include "cmd/conformance/conformance.h"
#include "cmd/conformance/results.h"
#include "cmd/output.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/matrix.h"
#include "lib/report/matrix_page.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;

struct Options {
  std::vector<std::string> files;
  std::vector<std::string> keys;
  bool require_signed = false;
};

// Does the statement claim to be about the file: only then a failure of it is of interest here.
bool speaks_of(const attest::Envelope& envelope, const std::string& file) {
  const auto statement = attest::read_statement(envelope.payload, "");
  if (!statement) return true;
  return std::any_of(statement->subjects.begin(), statement->subjects.end(),
                     [&](const attest::Subject& subject) { return subject.name == file; });
}

// Verified when a statement by a trusted key speaks of exactly the bytes that were read. A
// statement that speaks of the file and does not hold is an error: somebody changed something. It
// stands under the file's own name, or is that of its folder's run.
base::Result<conform::Signed> mark_of(const LoadedRuns& loaded, const attest::Policy& policy) {
  if (policy.keys.empty()) return conform::Signed::no;
  attest::Policy about = policy;
  about.artifacts = {loaded.file};
  std::optional<Error> refused;
  for (const auto& path :
       {loaded.path + ".intoto.json", loaded.path + ".sigstore.json",
        beside(loaded.path, "result.intoto.json"), beside(loaded.path, "result.sigstore.json")}) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) continue;
    WEFT_TRY(text, base::read_file(path, attest::kMaxEnvelopeBytes));
    WEFT_TRY(envelope, attest::read_envelope(std::move(text), path));
    const auto verified = attest::verify(envelope, about, path);
    if (verified.ok()) return conform::Signed::verified;
    if (!refused && speaks_of(envelope, loaded.file.name)) refused = verified.error();
  }
  if (refused) return *refused;
  return conform::Signed::no;
}

base::Result<std::vector<conform::Entry>> load_entries(const Context& context,
                                                       const Options& options) {
  attest::Policy policy{.now = context.clock.wall()};
  WEFT_TRY(keys, trusted_keys(context, options.keys));
  policy.keys = std::move(keys);
  if (options.require_signed && policy.keys.empty())
    return Error{ExitCode::usage, "--require-signed needs a key to verify with", "--key FILE.pub"};
  std::vector<conform::Entry> entries;
  const auto& files = options.files.empty() ? conformance_store(context).ids() : options.files;
  for (const auto& file : files) {
    WEFT_TRY(loaded, load_conformance(context, file));
    WEFT_TRY(mark, mark_of(loaded, policy));
    if (options.require_signed && mark == conform::Signed::no)
      return Error{ExitCode::invalid, fmt::format("{} is not signed", file),
                   "leave it out, or leave out --require-signed"};
    for (auto& run : loaded.runs) entries.push_back({std::move(run), mark});
  }
  return entries;
}

term::Style style_of(conform::Capability capability) {
  switch (capability) {
    case conform::Capability::full:
      return term::Style::green;
    case conform::Capability::partial:
      return term::Style::yellow;
    case conform::Capability::fail:
      return term::Style::red;
    case conform::Capability::none:
    case conform::Capability::untested:
      return term::Style::dim;
  }
  return term::Style::plain;
}

std::string section_text(const conform::MatrixSection& section, const Context& context) {
  const bool wide = context.output == Output::wide;
  term::Table table{{{"mesh"}, {"setting"}}};
  for (const auto& column : section.columns) table.columns.push_back({column});
  table.columns.insert(table.columns.end(), {{"signed"}, {"source"}});
  if (wide) table.columns.push_back({"notes"});
  for (const auto& row : section.rows) {
    auto& cells = table.rows.emplace_back();
    cells = {{row.mesh}, {row.setting.empty() ? "-" : row.setting}};
    for (const auto& cell : row.cells) cells.push_back({cell.text, style_of(cell.capability)});
    cells.push_back({row.mark == conform::Signed::verified ? "yes" : "no"});
    cells.push_back({row.source});
    if (wide) cells.push_back({base::join(row.notes, "; ")});
  }
  std::string out = section.title + "\n" + term::render(table, context.out_term);
  for (const auto& remark : section.remarks) out += remark + "\n";
  return out;
}

base::Result<ExitCode> show(Context& context, const Options& options) {
  WEFT_TRY(entries, load_entries(context, options));
  if (context.output == Output::name) {
    for (const auto& entry : entries) context.out << entry.run.id << '\n';
    return ExitCode::done;
  }
  WEFT_TRY(matrix, conform::matrix_of(entries));
  if (is_structured(context)) return print(context, conform::matrix_json(matrix));
  if (context.output == Output::html) {
    context.out << report::matrix_page(matrix);
  } else if (context.output == Output::markdown) {
    context.out << conform::matrix_markdown(matrix);
  } else {
    for (const auto& section : matrix.sections)
      context.out << (&section == &matrix.sections.front() ? "" : "\n")
                  << section_text(section, context);
    if (matrix.sections.empty() && !context.quiet)
      context.err << "no results yet; read some in with: weft conformance import FILE\n";
  }
  return ExitCode::done;
}

}  // namespace

cli::Command conformance_matrix_command() {
  auto options = std::make_shared<Options>();
  return {
      .name = "matrix",
      .summary = "Show meshes side by side",
      .description =
          "Reads results of weft, ConformanceReports of the Gateway API and rows that Meshery "
          "keeps "
          "for SMI; without a RESULT everything that is stored. A row is marked as signed when a "
          "statement beside its file (FILE.intoto.json, result.intoto.json or the sigstore bundle) "
          "holds for one of the keys.",
      .examples = {{"weft conformance matrix reports/*.yaml", ""},
                   {"weft conformance matrix -o md", "what is stored, as Markdown"},
                   {"weft conformance matrix -o name", "ids of what is stored"},
                   {"weft conformance matrix runs/*/result.json --require-signed --key lab.key.pub "
                    "-o html",
                    "a page of signed results only"}},
      .arguments = {cli::argument("RESULT", options->files, "files, or ids of stored results")
                        .optional()
                        .completes(complete_conformance)},
      .flags = {cli::flag("--require-signed", options->require_signed,
                          "refuse what no trusted key has signed"),
                cli::flag("--key", options->keys, "public key to trust, any number").takes("FILE")},
      .exit_notes = {{ExitCode::invalid, "a file is not what was signed, or not signed at all"}},
      .outputs = {"md", "html"},
      .run = [options](Context& context) { return show(context, *options); }};
}

}  // namespace weft::cmd
