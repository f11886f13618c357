#include <memory>
#include <ostream>

#include "cmd/output.h"
#include "cmd/perf/perf.h"
#include "cmd/perf/results.h"
#include "lib/base/format.h"
#include "lib/perf/imports.h"
#include "lib/perf/spec.h"
#include "lib/report/sections.h"
#include "lib/smp/import.h"
#include "lib/term/fit.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;

struct Options {
  std::vector<std::string> files;
  std::vector<std::string> labels;
  std::string name;
  std::string unit;
  smp::ImportOptions reading;
};

void print_table(Context& context, const std::vector<smp::Run>& runs) {
  for (const auto& run : runs) {
    const auto& dialect = run.origin.dialect;
    const std::string line =
        fmt::format("{}  {}  {}{} {}", run.id, report::display_name(run), run.origin.format,
                    dialect.empty() ? "" : " " + dialect, run.origin.path);
    context.out << term::printable(line, context.out_term) << '\n';
    if (context.quiet) continue;
    for (const auto& warning : run.warnings)
      context.err << "  note: " << term::printable(warning, context.err_term) << '\n';
  }
}

doc::Value document_of(const std::vector<smp::Run>& runs) {
  doc::Value results = doc::Value::list();
  for (const auto& run : runs) {
    doc::Value one;
    one.set("id", run.id).set("file", run.origin.path).set("format", run.origin.format);
    if (!run.origin.dialect.empty()) one.set("dialect", run.origin.dialect);
    doc::Value warnings = doc::Value::list();
    for (const auto& warning : run.warnings) warnings.push(warning);
    one.set("warnings", std::move(warnings));
    results.push(std::move(one));
  }
  doc::Value document;
  document.set("schema", "weft.perf-import/v1").set("results", std::move(results));
  return document;
}

Result<ExitCode> import(Context& context, Options& options) {
  options.reading.latency_unit = smp::latency_unit(options.unit);
  smp::Labels labels;
  for (const auto& text : options.labels) {
    WEFT_TRY(label, perf::parse_label(text));
    labels.insert_or_assign(label.first, label.second);
  }
  std::vector<smp::Run> runs;
  for (const auto& file : options.files) {
    WEFT_TRY(read, perf::import_file(path_in(context, file), options.reading));
    for (auto& run : read) {
      if (!options.name.empty()) run.name = options.name;
      for (const auto& [key, value] : labels) run.labels[key] = value;
      runs.push_back(std::move(run));
    }
  }
  WEFT_CHECK(perf::save_imported(store_of(context), runs, context.clock.wall()));
  if (is_structured(context)) return print(context, document_of(runs));
  if (context.output == Output::name) {
    for (const auto& run : runs) context.out << run.id << '\n';
  } else {
    print_table(context, runs);
  }
  return ExitCode::done;
}

std::string formats_help() {
  std::string text = "The format is found by content. Formats:\n";
  for (const auto& format : smp::import_formats())
    text += fmt::format("\n  {:<12} {}", format.name, format.description);
  return text;
}

}  // namespace

cli::Command perf_import_command() {
  auto options = std::make_shared<Options>();
  std::vector<std::string> names;
  for (const auto& format : smp::import_formats()) names.emplace_back(format.name);
  return {
      .name = "import",
      .summary = "Keep results of other tools",
      .description = formats_help(),
      .examples = {{"weft perf import fortio.json", ""},
                   {"weft perf import old/*.json --label mesh=istio", "several, labelled"}},
      .arguments = {cli::argument("FILE", options->files, "result files; - is standard input")},
      .flags = {cli::flag("--format", options->reading.format, "read as this format")
                    .one_of(std::move(names)),
                latency_unit_flag(options->unit),
                cli::flag("--name", options->name, "name for the results, to find them by"),
                cli::flag("--label", options->labels, "label of the results").takes("KEY=VALUE")},
      .exit_notes = {{ExitCode::input, "a file is no usable result; nothing was imported"}},
      .run = [options](Context& context) { return import(context, *options); }};
}

}  // namespace weft::cmd
