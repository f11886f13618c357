#include <algorithm>
#include <memory>
#include <ostream>

#include "cmd/output.h"
#include "cmd/perf/perf.h"
#include "cmd/perf/profile.h"
#include "cmd/perf/steps.h"
#include "cmd/perf/target.h"
#include "lib/base/format.h"
#include "lib/base/text.h"
#include "lib/perf/curve.h"
#include "lib/perf/step_json.h"
#include "lib/report/figure.h"
#include "lib/term/chart.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

struct Options {
  RunOptions target;
  std::optional<std::string> slo;
  std::string rates;
  std::int64_t points = 10;
  perf::CurveOptions how;
};

Result<void> read_rates(Options& options) {
  if (options.points < 3 || options.points > 100)
    return Error{ExitCode::usage, "a curve has 3 to 100 points", "--points 10"};
  options.how.points = static_cast<std::size_t>(options.points);
  for (const std::string_view text : base::split(options.rates, ',')) {
    if (text.empty()) continue;
    WEFT_TRY(rate, perf::parse_rate(text));
    if (!rate.qps)
      return Error{ExitCode::usage, "a point of the curve is a rate", "--rates 100,200,400"};
    options.how.rates.push_back(*rate.qps);
  }
  std::ranges::sort(options.how.rates);
  if (!options.slo) return {};
  WEFT_TRY(terms, stats::parse_objectives(*options.slo, "--slo"));
  WEFT_TRY(limits, perf::limits_of(terms));
  options.how.limits = std::move(limits);
  return {};
}

std::string chart(const perf::Curve& curve, const term::Terminal& terminal) {
  term::LineChart chart;
  term::Series p50{"p50", {}}, p99{"p99", {}};
  double low = 1e300, high = 0;
  for (const perf::Step& step : curve.steps) {
    const double rate = *step.plan.qps;
    if (step.p50_ns <= 0) continue;
    p50.points.emplace_back(rate, step.p50_ns / 1e6);
    p99.points.emplace_back(rate, step.p99_ns / 1e6);
    low = std::min(low, step.p50_ns / 1e6);
    high = std::max(high, step.p99_ns / 1e6);
  }
  if (p50.points.size() < 2) return {};
  chart.x = base::linear_axis(p50.points.back().first, 5, base::count_label);
  chart.y = base::log_axis(low, high, 5, base::latency_label);
  chart.series = {std::move(p50), std::move(p99)};
  return "Latency over requests per second\n" + term::line_chart(chart, terminal) + '\n';
}

std::string bend_text(std::string_view what, const std::optional<perf::Bend>& bend) {
  if (!bend) return fmt::format("{:26} not within these rates\n", what);
  return fmt::format("{:26} {}/s, 95 % between {} and {}\n", what, report::rate(bend->rate),
                     report::rate(bend->low), report::rate(bend->high));
}

std::string text_of(const perf::Curve& curve, const Options& options,
                    const term::Terminal& terminal) {
  return steps_table(curve.steps, options.how.limits, terminal) + '\n' + chart(curve, terminal) +
         bend_text("greatest power (knee)", curve.power) +
         bend_text("median doubled", curve.doubled);
}

std::vector<cli::Flag> curve_flags(Options& options) {
  constexpr const char* kGroup = "Curve";
  auto flags = target_flags(options.target);
  std::vector<cli::Flag> own{
      cli::flag("--rates", options.rates, "the rates, separated by commas")
          .takes("N,...")
          .defaults_to("ten up to 1.1 times what a closed loop reaches")
          .in(kGroup),
      cli::flag("--points", options.points, "how many rates, where none are given").in(kGroup),
      cli::flag("--step", options.how.step, "length of one step, a sixth of which only settles")
          .in(kGroup),
      cli::flag("--slo", options.slo, "also tell which steps keep these objectives")
          .takes("OBJECTIVES")
          .in(kGroup)};
  flags.insert(flags.begin(), own.begin(), own.end());
  return noted(std::move(flags), options.target);
}

Result<ExitCode> run(Context& context, Options& options) {
  WEFT_CHECK(apply_profile(context, options.target, "curve", curve_flags(options)));
  WEFT_CHECK(read_rates(options));
  const auto service = start_service(options.target);  // serves until the end of this function
  if (!service.ok()) return service.error();
  WEFT_TRY(spec, plan_target(context, options.target));
  Steps steps(context, std::move(spec), options.how.limits);
  WEFT_TRY(curve, perf::trace(options.how, steps.measure()));
  if (is_structured(context))
    print(context, perf::curve_to_json(curve, options.how, options.target.url.value_or("")));
  else
    context.out << text_of(curve, options, context.out_term);
  return curve.interrupted ? ExitCode::interrupted : ExitCode::done;
}

}  // namespace

cli::Command perf_curve_command() {
  auto options = std::make_shared<Options>();
  return {.name = "curve",
          .summary = "Show latency over rate and where it bends",
          .description =
              "Measures at rates from light load to beyond what the target bears. The knee is told "
              "twice: where throughput over mean response is greatest, and where the median has "
              "doubled "
              "from that of the lightest load. Intervals are of a block bootstrap over seconds.",
          .examples = {{"weft perf curve http://localhost:8080/", "ten rates, six seconds each"},
                       {"weft perf curve http://localhost:8080/ --rates 100,200,400,800 --step 30s",
                        "these rates, longer"},
                       {"weft perf curve --profile checkout.yaml",
                        "what an SMP profile asks for, its section curve included"}},
          .arguments = {cli::argument("URL", options->target.url,
                                      "what to measure; with --serve only a path")
                            .optional()},
          .flags = curve_flags(*options),
          .exit_notes = {{ExitCode::timeout, "the target never answered"},
                         {ExitCode::interrupted, "interrupted; the steps so far are shown"}},
          .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
