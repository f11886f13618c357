#include <algorithm>
#include <memory>
#include <ostream>

#include "cmd/conformance/conformance.h"
#include "cmd/conformance/result_table.h"
#include "cmd/conformance/results.h"
#include "cmd/keys/keys.h"
#include "cmd/output.h"
#include "cmd/perf/results.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/conform/formats.h"
#include "lib/conform/signing.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;

struct Options {
  std::string result;
  std::vector<std::string> formats;
  std::string out;
  std::string sign;
  std::string passphrase_file;
  ImplementationFlags implementation;
};

base::Result<std::string> text_of(const Context& context, const conform::Run& run,
                                  const std::string& format) {
  if (format == "table") return result_table(run, context.out_term);
  return conform::render(run, format);
}

// result.json is always among them: it is what the others are made from.
base::Result<std::vector<conform::File>> files_of(const conform::Run& run,
                                                  const std::vector<std::string>& names) {
  std::vector<conform::File> files;
  for (const auto& format : conform::formats()) {
    const bool asked = std::find(names.begin(), names.end(), format.name) != names.end();
    if (!asked && format.name != "json") continue;
    WEFT_TRY(text, conform::render(run, format.name));
    files.push_back({std::string(format.file), std::move(text)});
  }
  return files;
}

base::Result<ExitCode> write_files(Context& context, const Options& options,
                                   const conform::Run& run) {
  WEFT_TRY(files, files_of(run, options.formats));
  if (!options.sign.empty()) {
    WEFT_TRY(key, load_private_key(context, options.sign, options.passphrase_file));
    WEFT_TRY(signatures, conform::sign_files(run, files, key));
    for (auto& file : signatures) files.push_back(std::move(file));
  }
  for (const auto& file : files)
    WEFT_CHECK(write_out(context, options.out + '/' + file.name, file.content));
  return ExitCode::done;
}

base::Result<ExitCode> export_result(Context& context, const Options& options) {
  WEFT_TRY(loaded, load_conformance(context, options.result));
  if (loaded.runs.size() != 1)
    return Error{
        ExitCode::input,
        fmt::format("{} holds {}", options.result, base::plural(loaded.runs.size(), "result")),
        "weft conformance import it, then export one id"};
  conform::Run& run = loaded.runs.front();
  fill_in(options.implementation, run.mesh);
  if (!options.out.empty()) return write_files(context, options, run);
  if (!options.sign.empty())
    return Error{ExitCode::usage, "--sign writes files", "say where: --out FOLDER"};
  if (options.formats.size() > 1)
    return Error{ExitCode::usage, "several formats go to files", "say where: --out FOLDER"};
  if (options.formats.empty() && is_structured(context))
    return print(context, conform::run_to_json(run));
  const std::string format = !options.formats.empty()          ? options.formats[0]
                             : context.output == Output::junit ? "junit"
                                                               : "table";
  WEFT_TRY(text, text_of(context, run, format));
  context.out << text;
  return ExitCode::done;
}

std::string description() {
  std::string text = "Formats:\n\n  table        for people";
  for (const auto& format : conform::formats())
    text += fmt::format("\n  {:<12} {} ({})", format.name, format.description, format.file);
  return text;
}

}  // namespace

cli::Command conformance_export_command() {
  auto options = std::make_shared<Options>();
  std::vector<std::string> names{"table"};
  for (const auto& format : conform::formats()) names.emplace_back(format.name);
  return {
      .name = "export",
      .summary = "Show a result, or write it in other formats, signed if you like",
      .description = description(),
      .examples = {{"weft conformance export latest", "as a table"},
                   {"weft conformance export result.json --format junit", ""},
                   {"weft conformance export latest --format yaml --out signed --sign lab.key",
                    "result.json, report.yaml and signatures"}},
      .arguments = {cli::argument("RESULT", options->result, "a file, or the id of a stored one")
                        .completes(complete_conformance)},
      .flags = with_implementation_flags(
          options->implementation,
          {cli::flag("--format", options->formats, "format to write; repeat it with --out")
               .one_of(std::move(names)),
           cli::flag("--out", options->out, "folder for result.json and the other formats")
               .takes("FOLDER"),
           cli::flag("--sign", options->sign, "private key that signs what is written")
               .takes("FILE"),
           passphrase_flag(options->passphrase_file)}),
      .outputs = {"junit"},
      .run = [options](Context& context) { return export_result(context, *options); }};
}

}  // namespace weft::cmd
