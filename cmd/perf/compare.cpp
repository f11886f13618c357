#include <memory>
#include <ostream>

#include "cmd/output.h"
#include "cmd/perf/comparison_table.h"
#include "cmd/perf/perf.h"
#include "cmd/perf/results.h"
#include "lib/base/format.h"
#include "lib/perf/comparison.h"
#include "lib/perf/results.h"
#include "lib/report/page.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

struct Options {
  std::vector<std::string> results;
  std::optional<std::string> fail_on;
  std::string html;
};

std::string page_of(std::span<const smp::Run> runs, const perf::RunComparison& comparison) {
  std::vector<stats::Comparison> figures;
  for (const auto& other : comparison.others) figures.push_back(other.figures);
  return report::comparison_page(runs, figures);
}

Result<ExitCode> compare(Context& context, const Options& options) {
  if (options.results.size() < 2)
    return Error{ExitCode::usage, "compare needs two results or more",
                 "weft perf compare latest~1 latest"};
  std::vector<stats::Term> fail_on;
  if (options.fail_on) {
    WEFT_TRY(terms, stats::parse_changes(*options.fail_on, "--fail-on"));
    fail_on = std::move(terms);
  }
  const auto store = store_of(context);
  std::vector<smp::Run> runs;
  for (const auto& selector : options.results) {
    WEFT_TRY(run, perf::load_result(store, selector, context.directory));
    runs.push_back(std::move(run));
  }
  const auto comparison = perf::compare_runs(runs, fail_on);
  if (!options.html.empty())
    WEFT_CHECK(write_out(context, options.html, page_of(runs, comparison)));
  if (is_structured(context))
    print(context, perf::comparison_to_json(runs, comparison));
  else if (options.html.empty())
    context.out << comparison_text(runs, comparison, context.out_term);
  if (fail_on.empty()) return ExitCode::done;
  if (comparison.invalid) return ExitCode::invalid;
  return comparison.failed ? ExitCode::no : ExitCode::done;
}

}  // namespace

cli::Command perf_compare_command() {
  auto options = std::make_shared<Options>();
  return {
      .name = "compare",
      .summary = "Compare results: what differs, and how sure that is",
      .description =
          "Every run is compared with the first. Differences come with 95 % confidence intervals "
          "from a block bootstrap over the slices of time of both runs; a verdict of better or "
          "worse is given only when the evidence supports it. One pair of runs cannot show what "
          "changes between any two runs of the same thing: repeat and interleave them.",
      .examples = {{"weft perf compare latest~1 latest", ""},
                   {"weft perf compare baseline istio linkerd --html meshes.html",
                    "three results, by name, as a page"},
                   {"weft perf compare baseline latest --fail-on 'p99>+5%'", "a gate for CI"}},
      .arguments = {cli::argument("RESULT", options->results,
                                  "ids, names, latest~N or files; the first is the base line")
                        .completes(complete_result)},
      .flags = {cli::flag("--fail-on", options->fail_on,
                          "changes against the first result that count as a failure")
                    .takes("CHANGES"),
                cli::flag("--html", options->html, "write one self-contained page instead of text")
                    .takes("FILE")},
      .exit_notes = {{ExitCode::no, "a change of --fail-on has happened, the evidence supports it"},
                     {ExitCode::invalid, "--fail-on was given and one of the runs is invalid"}},
      .run = [options](Context& context) { return compare(context, *options); }};
}

}  // namespace weft::cmd
