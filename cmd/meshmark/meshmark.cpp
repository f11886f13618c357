#include "cmd/meshmark/meshmark.h"

#include <filesystem>

#include "cmd/perf/results.h"
#include "lib/base/file.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/doc/read.h"
#include "lib/perf/results.h"
#include "lib/smp/meshmark_input.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

Result<smp::Run> load_run(const Context& context, const std::string& name) {
  return perf::load_result(store_of(context), name, context.directory);
}

Result<doc::Document> read_document(const Context& context, const std::string& path) {
  WEFT_TRY(text, base::read_file(path_in(context, path)));
  return doc::read(doc::Source{path, std::move(text)});
}

// The file as a MeshMark document; absent when it is something else, a result perhaps.
Result<std::optional<doc::Document>> as_document(const Context& context, const std::string& path) {
  std::error_code error;
  if (path != "-" && !std::filesystem::is_regular_file(path_in(context, path), error))
    return std::optional<doc::Document>();
  auto document = read_document(context, path);
  const bool yaml = path == "-" || path.ends_with(".yaml") || path.ends_with(".yml");
  if (!document.ok() && yaml) return document.error();
  if (!document.ok() || !smp::is_meshmark_input(document->root))
    return std::optional<doc::Document>();
  return std::optional(std::move(document).value());
}

std::optional<smp::MeshMarkMethod> method_of(const MeshMarkOptions& options) {
  if (options.method.empty()) return std::nullopt;
  return options.method == "share" ? smp::MeshMarkMethod::share : smp::MeshMarkMethod::headroom;
}

Result<smp::MeshMarkInput> from_document(const doc::Document& document,
                                         const MeshMarkOptions& options) {
  for (const auto& [flag, value] :
       {std::pair{"--baseline", options.baseline}, std::pair{"--resources", options.resources}})
    if (!value.empty())
      return Error{
          ExitCode::usage,
          fmt::format("{} belongs to a result, but {} lists its MUEs itself", flag, options.input),
          fmt::format("leave out {}", flag)};
  WEFT_TRY(input, smp::read_meshmark(document));
  input.method = method_of(options).value_or(input.method);
  return std::move(input);
}

Result<smp::MeshMarkInput> from_result(const Context& context, const MeshMarkOptions& options) {
  WEFT_TRY(run, load_run(context, options.input));
  std::optional<smp::Run> baseline;
  if (!options.baseline.empty()) {
    WEFT_TRY(loaded, load_run(context, options.baseline));
    baseline = std::move(loaded);
  }
  smp::Resources resources = run.resources;
  if (!options.resources.empty()) {
    WEFT_TRY(document, read_document(context, options.resources));
    WEFT_TRY(given, smp::read_resources(document));
    resources = std::move(given);
  }
  const auto method = method_of(options).value_or(smp::MeshMarkMethod::headroom);
  return smp::meshmark_of(run, baseline ? &*baseline : nullptr, resources, method);
}

Error partial_error(const smp::MeshMark& mark) {
  return Error{ExitCode::input,
               fmt::format("the score would be partial: nothing is known for {}",
                           base::join(mark.missing_classes, ", ")),
               "add --baseline RESULT for latency and --resources FILE for compute and memory, or "
               "accept it with --partial"};
}

}  // namespace

Result<smp::MeshMark> meshmark_of(Context& context, const MeshMarkOptions& options) {
  WEFT_TRY(document, as_document(context, options.input));
  WEFT_TRY(input, document ? from_document(*document, options) : from_result(context, options));
  for (const auto& weight : options.weights) WEFT_CHECK(smp::set_weight(input, weight));
  WEFT_TRY(mark, smp::score(input));
  if (mark.partial && !options.partial) return partial_error(mark);
  return std::move(mark);
}

std::vector<cli::Argument> meshmark_arguments(MeshMarkOptions& options) {
  return {cli::argument("FILE|RESULT", options.input,
                        "a document that lists MUEs, a stored result, or a result file")};
}

std::vector<cli::Flag> meshmark_flags(MeshMarkOptions& options) {
  return {
      cli::flag("--baseline", options.baseline, "the same load without the mesh, for latency")
          .takes("RESULT"),
      cli::flag("--resources", options.resources, "resource use of dp, cp and app, in YAML or JSON")
          .takes("FILE"),
      cli::flag("--method", options.method,
                "judge compute and memory against a budget, or against the application's use")
          .one_of({"headroom", "share"}),
      cli::flag("--weight", options.weights, "tilt a MUE by -50% to +50%; repeatable")
          .takes("ID=PERCENT"),
      cli::flag("--partial", options.partial, "score even when a class has no data")};
}

std::string meshmark_headline(const smp::MeshMark& mark) {
  const std::string partial =
      mark.partial ? fmt::format("PARTIAL without {}, ", base::join(mark.missing_classes, ", "))
                   : "";
  return fmt::format("MeshMark {:.1f} of 100 ({}profile {}, {}, {} of {} MUEs)\n", mark.score,
                     partial, smp::kMeshMarkProfile, smp::method_name(mark.method), mark.used,
                     mark.defined);
}

std::string mue_inputs(const smp::Mue& mue) {
  const std::string unit = mue.unit.empty() || mue.unit == "/s" ? mue.unit : ' ' + mue.unit;
  const auto from = mue.origin.empty() ? "" : fmt::format(" ({})", mue.origin);
  const double first = mue.inputs[0], second = mue.inputs[1];
  switch (mue.kind) {
    case smp::MueKind::headroom:
      return fmt::format("{:.6g}{} used of {:.6g}{}{}", first, unit, second, unit, from);
    case smp::MueKind::share:
      return fmt::format("{:.6g}{} application, {:.6g}{} mesh", first, unit, second, unit);
    case smp::MueKind::lower_better:
      return fmt::format("{:.6g}{} measured, {:.6g}{} without the mesh", second, unit, first, unit);
    case smp::MueKind::higher_better:
      return fmt::format("{:.6g}{} reached of {:.6g}{}{}", first, unit, second, unit, from);
    case smp::MueKind::ratio:
      return fmt::format("{:.6g}", first);
  }
  return "";
}

cli::Command meshmark_command() {
  return {.name = "meshmark",
          .summary = "Score what a mesh leaves to the applications, 0 to 100",
          .description =
              "MeshMark is the mean over classes (compute, memory, latency, throughput) of "
              "weighted MUEs, mesh utilisation efficiencies: numbers of 0 to 1 for the part of a "
              "resource, of the time or of the rate that is left to the applications. Two scores "
              "compare only when profile, classes and assigned budgets agree.",
          .examples = {{"weft meshmark score latest --baseline no-mesh --resources use.yaml",
                        "the newest result against one without the mesh"}},
          .commands = {meshmark_score_command(), meshmark_explain_command()},
          .heading = "Performance"};
}

}  // namespace weft::cmd
