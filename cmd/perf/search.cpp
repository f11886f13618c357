#include <memory>
#include <ostream>

#include "cmd/output.h"
#include "cmd/perf/perf.h"
#include "cmd/perf/profile.h"
#include "cmd/perf/steps.h"
#include "cmd/perf/target.h"
#include "lib/base/format.h"
#include "lib/perf/search.h"
#include "lib/perf/step_json.h"
#include "lib/report/figure.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;

struct Options {
  RunOptions target;
  std::string slo = "p99<10ms,error<0.1%";
  perf::SearchOptions how;
  bool save = true;
};

std::string per_second(double qps) { return report::rate(qps) + "/s"; }

std::string answer(const perf::Found& found, const std::string& url, const Options& options) {
  const auto& limits = options.how.limits;
  std::string out;
  const perf::Step& last = found.steps.back();
  if (found.verified)
    out =
        fmt::format("{} keeps {} {} {}\n  held for {}: p50 {}, p99 {}\n", url, options.slo,
                    found.generator_limited ? "at no less than" : "at", per_second(*found.verified),
                    base::format_latency(static_cast<double>(last.plan.duration.count())),
                    base::format_latency(last.p50_ns), base::format_latency(last.p99_ns));
  else if (!found.interrupted)
    out = fmt::format("{} keeps {} at no rate that was held\n", url, options.slo);
  if (found.estimate && !found.generator_limited)
    out += fmt::format("  {} breaks at about {}, 95 % between {} and {}\n",
                       limits[found.binding].text, per_second(found.estimate->rate),
                       per_second(found.estimate->low), per_second(found.estimate->high));
  if (found.ceiling > 0)
    out += fmt::format("  as fast as possible: {}\n", per_second(found.ceiling));
  if (found.generator_limited)
    out +=
        fmt::format("  above that the generator was late by itself: {}\n", found.generator_reason);
  return out;
}

ExitCode exit_code_of(const perf::Found& found) {
  if (found.interrupted) return ExitCode::interrupted;
  if (found.verified) return ExitCode::done;
  return found.generator_limited ? ExitCode::invalid : ExitCode::no;
}

std::vector<cli::Flag> search_flags(Options& options) {
  constexpr const char* kGroup = "Search";
  auto flags = target_flags(options.target);
  std::vector<cli::Flag> own{
      cli::flag("--slo", options.slo, "what must hold: percentiles and errors bounded from above")
          .takes("OBJECTIVES")
          .in(kGroup),
      cli::flag("--budget", options.how.budget, "time for finding the rate, before it is held")
          .in(kGroup),
      cli::flag("--step", options.how.step, "length of one step, a sixth of which only settles")
          .in(kGroup),
      cli::flag("--hold", options.how.hold, "how long the answer is held before it is one")
          .in(kGroup),
      cli::flag("--save", options.save, "keep the result of the hold").in(kGroup)};
  flags.insert(flags.begin(), own.begin(), own.end());
  return noted(std::move(flags), options.target);
}

Result<ExitCode> run(Context& context, Options& options) {
  WEFT_CHECK(apply_profile(context, options.target, "search", search_flags(options)));
  WEFT_TRY(terms, stats::parse_objectives(options.slo, "--slo"));
  WEFT_TRY(limits, perf::limits_of(terms));
  options.how.limits = std::move(limits);
  const auto service = start_service(options.target);  // serves until the end of this function
  if (!service.ok()) return service.error();
  WEFT_TRY(spec, plan_target(context, options.target));
  Steps steps(context, std::move(spec), options.how.limits);
  WEFT_TRY(found, perf::search(options.how, steps.measure()));
  std::string id;
  if (found.verified && options.save) {
    WEFT_TRY(saved, steps.save_last());
    id = std::move(saved);
  }
  const std::string url = options.target.url.value_or("");
  if (is_structured(context)) {
    print(context, perf::search_to_json(found, options.how, url, id));
  } else {
    context.out << answer(found, url, options) << '\n'
                << steps_table(found.steps, options.how.limits, context.out_term);
    if (!id.empty()) context.out << fmt::format("\nresult  {}\n", id);
  }
  return exit_code_of(found);
}

}  // namespace

cli::Command perf_search_command() {
  auto options = std::make_shared<Options>();
  return {
      .name = "search",
      .summary = "Find the highest rate that keeps an objective",
      .description =
          "A closed loop gives a ceiling, a ramp finds where the objectives break, then short "
          "steps "
          "around the estimate narrow it: every step counts, also an unlucky one. At last the "
          "lower "
          "end of the interval is held; the rate that held is the answer. Takes up to --budget and "
          "--hold. The estimate has a 95 % interval that allows for drifts of the target.",
      .examples = {{"weft perf search http://localhost:8080/ --slo 'p99<10ms'",
                    "requests per second that this service bears"},
                   {"weft perf search --serve '/?delay=p50:2ms,p99:8ms' --hold 20s",
                    "the sample service, started in here"},
                   {"weft perf search --profile checkout.yaml",
                    "what an SMP profile asks for, its section search included"}},
      .arguments = {cli::argument("URL", options->target.url,
                                  "what to measure; with --serve only a path")
                        .optional()},
      .flags = search_flags(*options),
      .exit_notes = {{ExitCode::no, "no rate held"},
                     {ExitCode::timeout, "the target never answered"},
                     {ExitCode::invalid, "the generator was late before any rate held"},
                     {ExitCode::interrupted, "interrupted; the steps so far are shown"}},
      .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
