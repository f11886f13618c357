#include <array>
#include <memory>
#include <ostream>

#include "cmd/output.h"
#include "cmd/perf/comparison_table.h"
#include "cmd/perf/measure.h"
#include "cmd/perf/perf.h"
#include "cmd/perf/profile.h"
#include "cmd/perf/results.h"
#include "cmd/perf/target.h"
#include "lib/base/format.h"
#include "lib/perf/repeated.h"
#include "lib/perf/results.h"
#include "lib/report/page.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

constexpr std::int64_t kMostRuns = 1000;

struct Options {
  std::vector<std::string> results;  // or, with --runs, two URLs
  std::optional<std::int64_t> runs;
  RunOptions load;
  bool save = true;
  std::optional<std::string> fail_on;
  std::string html;
};

// What is shown, whether it was measured now or long ago.
struct Compared {
  std::vector<smp::Run> runs;
  perf::RunComparison comparison;
};

std::string page_of(std::span<const smp::Run> runs, const perf::RunComparison& comparison) {
  std::vector<stats::Comparison> figures;
  for (const auto& other : comparison.others) figures.push_back(other.figures);
  return report::comparison_page(runs, figures);
}

Result<Compared> compare_results(Context& context, const Options& options,
                                 const std::vector<stats::Term>& fail_on) {
  if (options.results.size() < 2)
    return Error{ExitCode::usage, "compare needs two results or more",
                 "weft perf compare latest~1 latest"};
  const auto store = store_of(context);
  Compared compared;
  for (const auto& selector : options.results) {
    WEFT_TRY(run, perf::load_result(store, selector, context.directory));
    compared.runs.push_back(std::move(run));
  }
  compared.comparison = perf::compare_runs(compared.runs, fail_on);
  return compared;
}

// The targets of --runs: URLs of the command line, or those of the profile. The service of --serve
// lives as long as `service` does.
Result<std::vector<perf::Spec>> find_sides(Context& context, Options& options,
                                           std::unique_ptr<serve::Service>& service) {
  if (options.results.empty()) return plan_targets(context, options.load);
  std::vector<perf::Spec> sides;
  for (const std::string& url : options.results) {
    RunOptions load = options.load;
    load.url = url;
    if (service != nullptr) {
      load.url = service->url() + url;
    } else {
      WEFT_TRY(started, start_service(load));
      service = std::move(started);
    }
    WEFT_TRY(side, plan_target(context, load));
    sides.push_back(std::move(side));
  }
  return sides;
}

Result<std::vector<PerfJob>> plan_sides(Context& context, Options& options,
                                        std::unique_ptr<serve::Service>& service) {
  if (*options.runs < 2 || *options.runs > kMostRuns)
    return Error{ExitCode::usage, fmt::format("--runs is {}", *options.runs),
                 fmt::format("give 2 to {}; 5 tell something", kMostRuns)};
  WEFT_TRY(specs, find_sides(context, options, service));
  if (specs.size() != 2)
    return Error{ExitCode::usage, "--runs measures two URLs",
                 "weft perf compare --runs 5 http://a/ http://b/"};
  std::vector<PerfJob> sides;
  for (perf::Spec& spec : specs) {
    WEFT_TRY(plan, perf::to_plan(spec));
    sides.push_back({std::move(spec), std::move(plan)});
  }
  return sides;
}

Result<Compared> compare_targets(Context& context, Options& options,
                                 const std::vector<stats::Term>& fail_on) {
  std::unique_ptr<serve::Service> service;
  WEFT_TRY(sides, plan_sides(context, options, service));
  const std::array<const PerfJob*, 2> jobs{&sides[0], &sides[1]};
  WEFT_TRY(runs, measure_in_turn(context, jobs, static_cast<int>(*options.runs), options.save));
  WEFT_TRY(repeated, perf::compare_repeated(runs[0], runs[1], fail_on));
  return Compared{std::move(repeated.sides), std::move(repeated.comparison)};
}

std::vector<cli::Flag> compare_flags(Options& options) {
  std::vector<cli::Flag> flags{
      cli::flag("--fail-on", options.fail_on,
                "changes against the first result that count as a failure")
          .takes("CHANGES"),
      cli::flag("--html", options.html, "write one self-contained page instead of text")
          .takes("FILE"),
      cli::flag("--runs", options.runs,
                "measure two URLs now, so often each and in turn, and compare the pairs")
          .takes("N"),
      cli::flag("--save", options.save, "keep the results of --runs")};
  const auto load = load_flags(options.load);
  flags.insert(flags.end(), load.begin(), load.end());
  return noted(std::move(flags), options.load);
}

Result<ExitCode> compare(Context& context, Options& options) {
  WEFT_CHECK(apply_profile(context, options.load, "compare", compare_flags(options)));
  std::vector<stats::Term> fail_on;
  if (options.fail_on) {
    WEFT_TRY(terms, stats::parse_changes(*options.fail_on, "--fail-on"));
    fail_on = std::move(terms);
  }
  WEFT_TRY(compared, options.runs ? compare_targets(context, options, fail_on)
                                  : compare_results(context, options, fail_on));
  const auto& [runs, comparison] = compared;
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
          "changes between any two runs of the same thing: --runs N measures two URLs N times "
          "each, "
          "in the order A B B A, and compares the pairs; what is said about load holds for that.",
      .examples = {{"weft perf compare latest~1 latest", ""},
                   {"weft perf compare baseline istio linkerd --html meshes.html",
                    "three results, by name, as a page"},
                   {"weft perf compare baseline latest --fail-on 'p99>+5%'", "a gate for CI"},
                   {"weft perf compare --runs 5 http://shop/ http://shop.plain/ --qps 500 -d 20s",
                    "what the mesh costs, five pairs of runs"},
                   {"weft perf compare --profile pair.yaml",
                    "the two URLs of a profile, whose section compare says runs"}},
      .arguments = {cli::argument(
                        "RESULT", options->results,
                        "ids, names, latest~N or files, with --runs URLs; the first is the base "
                        "line")
                        .optional()
                        .completes(complete_result)},
      .flags = compare_flags(*options),
      .exit_notes = {{ExitCode::no, "a change of --fail-on has happened, the evidence supports it"},
                     {ExitCode::invalid, "--fail-on was given and one of the runs is invalid"}},
      .run = [options](Context& context) { return compare(context, *options); }};
}

}  // namespace weft::cmd
