#include <memory>
#include <ostream>

#include "cmd/perf/perf.h"
#include "cmd/perf/results.h"
#include "lib/base/format.h"
#include "lib/doc/write.h"
#include "lib/perf/results.h"
#include "lib/smp/export.h"
#include "lib/smp/smp_write.h"

namespace weft::cmd {
namespace {

struct Options {
  std::vector<std::string> results;
  std::string format = "smp";
  std::string dialect;
  std::string out;
};

// SMP is YAML with protobuf names (D1) for people and protojson (D2) for programs.
base::Result<std::string> text_of(std::span<const smp::Run> runs, const Options& options,
                                  Output output) {
  const bool smp = options.format == "smp";
  if (!options.dialect.empty() && !smp)
    return base::Error{base::ExitCode::usage,
                       fmt::format("--dialect is of SMP, not of {}", options.format),
                       "--format smp"};
  const bool protojson =
      options.dialect == "D2" || (options.dialect.empty() && output == Output::json);
  if (smp && protojson && runs.size() == 1)
    return doc::write_json(smp::to_protojson(smp::smp_result(runs.front())));
  return smp::export_runs(runs, options.format);
}

base::Result<base::ExitCode> export_results(Context& context, const Options& options) {
  std::vector<smp::Run> runs;
  for (const auto& selector : options.results) {
    WEFT_TRY(run, perf::load_result(store_of(context), selector, context.directory));
    runs.push_back(std::move(run));
  }
  WEFT_TRY(text, text_of(runs, options, context.output));
  if (!options.out.empty())
    WEFT_CHECK(write_out(context, options.out, text));
  else
    context.out << text;
  return base::ExitCode::done;
}

std::string description() {
  std::string text = "Formats:\n";
  for (const auto& format : smp::export_formats())
    text += fmt::format("\n  {:<12} {}", format.name, format.description);
  return text;
}

}  // namespace

cli::Command perf_export_command() {
  auto options = std::make_shared<Options>();
  std::vector<std::string> names;
  for (const auto& format : smp::export_formats()) names.emplace_back(format.name);
  return {
      .name = "export",
      .summary = "Write a result in the format of SMP or of another tool",
      .description = description(),
      .examples = {{"weft perf export latest", "SMP as YAML"},
                   {"weft perf export latest --dialect D2", "SMP as protojson"},
                   {"weft perf export baseline --format fortio --out baseline.json",
                    "for `fortio report`"}},
      .arguments = {cli::argument("RESULT", options->results,
                                  "id, name, latest, latest~N or a file")
                        .completes(complete_result)},
      .flags = {cli::flag("--format", options->format, "format to write").one_of(std::move(names)),
                cli::flag("--dialect", options->dialect,
                          "spelling of SMP: D1 is YAML, D2 protojson")
                    .one_of({"D1", "D2"})
                    .defaults_to("D1, with -o json D2"),
                cli::flag("--out", options->out, "file to write instead of standard output")
                    .takes("FILE")},
      .run = [options](Context& context) { return export_results(context, *options); }};
}

}  // namespace weft::cmd
