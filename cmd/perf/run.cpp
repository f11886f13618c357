#include <memory>
#include <ostream>

#include "cmd/perf/distribute.h"
#include "cmd/perf/measure.h"
#include "cmd/perf/perf.h"
#include "cmd/perf/profile.h"
#include "cmd/perf/results.h"
#include "cmd/perf/target.h"
#include "lib/base/format.h"
#include "lib/report/figure.h"
#include "lib/term/table.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

void suggest_next(Context& context, const RunOptions& options) {
  if (!options.save || context.quiet || context.output != Output::table) return;
  const auto store = store_of(context);
  context.err << "next    weft perf show latest";
  if (store.ids().size() > 1) context.err << "   weft perf compare latest~1 latest";
  context.err << '\n';
}

// Worse than: an interruption ends everything, an invalid measurement says more than a missed
// objective.
ExitCode worse(ExitCode a, ExitCode b) { return static_cast<int>(a) > static_cast<int>(b) ? a : b; }

std::string milliseconds(std::optional<double> ms) {
  return ms ? base::format_latency(*ms * 1e6) : "-";
}

// All of them at a glance; beside documents that somebody reads by program it goes to the notes.
void print_rows(Context& context, const std::vector<RunRow>& rows) {
  const bool table_output = context.output == Output::table;
  std::ostream& out = table_output ? context.out : context.err;
  term::Table table{{{"run"},
                     {"asked/s", term::Align::right},
                     {"answered/s", term::Align::right},
                     {"p50", term::Align::right},
                     {"p99", term::Align::right},
                     {"errors", term::Align::right},
                     {"measurement"},
                     {"objectives"}}};
  for (const RunRow& row : rows)
    table.rows.push_back({{row.what},
                          {row.asked_qps ? report::rate(*row.asked_qps) : "-"},
                          {row.qps ? report::rate(*row.qps) : "-"},
                          {milliseconds(row.p50_ms)},
                          {milliseconds(row.p99_ms)},
                          {row.error_ratio ? report::percent(*row.error_ratio) : "-"},
                          {row.verdict},
                          {row.objectives}});
  out << '\n' << term::render(table, table_output ? context.out_term : context.err_term);
}

Result<ExitCode> run(Context& context, RunOptions& options) {
  WEFT_CHECK(apply_profile(context, options, "run", run_flags(options)));
  MeasureOptions how{{}, options.save, options.out, options.interval_log};
  const auto service = start_service(options);  // serves until the end of this function
  if (!service.ok()) return service.error();
  WEFT_TRY(jobs, plan_jobs(context, options));
  if (jobs.size() > 1 && !(options.out.empty() && options.interval_log.empty()))
    return Error{ExitCode::usage,
                 fmt::format("--out and --interval-log are one file, the profile asks for {} runs",
                             jobs.size()),
                 "name one URL on the command line, or take the runs from the store"};
  std::vector<std::vector<stats::Term>> objectives(jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i)
    if (jobs[i].slo) {
      WEFT_TRY(terms, stats::parse_objectives(*jobs[i].slo, "--slo"));
      objectives[i] = std::move(terms);
    }
  WEFT_CHECK(distribute(context, options, jobs));
  if (options.pods.dry_run) {
    WEFT_CHECK(show_objects(context, jobs));
    return ExitCode::done;
  }
  std::vector<RunRow> rows;
  how.several = jobs.size() > 1;
  if (how.several) how.rows = &rows;
  ExitCode code = ExitCode::done;
  for (std::size_t i = 0; i < jobs.size() && code != ExitCode::interrupted; ++i) {
    if (how.several && !context.quiet)
      context.err << fmt::format("run {} of {}: {}{}{}\n", i + 1, jobs.size(), jobs[i].phase,
                                 jobs[i].phase.empty() ? "" : " of ",
                                 jobs[i].plan.target.url.text());
    how.objectives = objectives[i];
    WEFT_TRY(one, measure(context, jobs[i], how));
    code = worse(code, one);
  }
  if (how.several) print_rows(context, rows);
  suggest_next(context, options);
  return code;
}

constexpr const char* kDescription =
    "With --qps N requests leave on a schedule and latency counts from the planned time, so "
    "that a server that stalls cannot hide its stall (open loop, no coordinated omission). "
    "Without it, or with --qps max, every connection sends when its last answer is in "
    "(closed loop): that finds the highest rate, and latency is the service time.\n\n"
    "A profile (--profile) says what to measure; flags override it. Every URL of every "
    "client of the profile is measured, one run after the other. Below the key weft it may set "
    "every flag, by name, and list phases with flags of their own, which follow each other; what "
    "stands there below search, curve, compare or overhead is for that command. "
    "Where neither says anything "
    "the settings perf.qps, perf.duration and perf.connections hold (weft config view).";

}  // namespace

cli::Command perf_run_command() {
  auto options = std::make_shared<RunOptions>();
  return {
      .name = "run",
      .summary = "Measure a service and keep the result",
      .description = kDescription,
      .examples = {{"weft perf run http://localhost:8080/", "as fast as possible for 10 s"},
                   {"weft perf run http://localhost:8080/ --qps 1000 --duration 30s",
                    "a rate, as users would come"},
                   {"weft perf run http://shop/ --qps 100@1m,1000@10s -d 10m",
                    "a spike of ten seconds every minute"},
                   {"weft perf run grpc://shop:50051/shop.Cart/Add --body '{\"item\": \"tea\"}'",
                    "a method of gRPC, described by the server's reflection"},
                   {"weft perf run udp://shop:7 --qps 1000", "datagrams to a service that echoes"},
                   {"weft perf run --serve --qps 500", "the sample service, started in here"},
                   {"weft perf run http://shop/ --qps 200 --slo 'p99<10ms,error<0.1%'",
                    "exit 1 when an objective is missed"},
                   {"weft perf run http://shop/ --processes 4 --qps 100000",
                    "four processes that share the rate"},
                   {"weft perf run http://shop.demo/ --in-cluster --workers 4 -n load --qps 8000",
                    "from four pods of the cluster, which begin together"},
                   {"weft perf run http://shop/ --engine fortio --qps 200",
                    "by fortio, with what is known about its figures"},
                   {"weft perf run --profile checkout.yaml --label mesh=istio",
                    "what an SMP profile asks for"}},
      .arguments =
          {cli::argument(
               "URL", options->url,
               "what to measure; with --serve only a path, or grpc:/PACKAGE.SERVICE/METHOD")
               .optional()},
      .flags = run_flags(*options),
      .exit_notes = {{ExitCode::no, "an objective of --slo was missed"},
                     {ExitCode::input, "the profile is not usable, or the name does not resolve"},
                     {ExitCode::tool, "the engine of --engine is missing or failed"},
                     {ExitCode::timeout, "the target never answered"},
                     {ExitCode::invalid,
                      "the generator could not keep up, the figures are not the target's; the "
                      "result is kept all the same"},
                     {ExitCode::interrupted, "interrupted; what was measured is kept"}},
      .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
