#include "cmd/perf/measure.h"

#include <algorithm>
#include <ostream>

#include "cmd/output.h"
#include "cmd/perf/distribute.h"
#include "cmd/perf/live.h"
#include "cmd/perf/results.h"
#include "cmd/perf/summary.h"
#include "lib/base/format.h"
#include "lib/doc/write.h"
#include "lib/perf/external.h"
#include "lib/perf/host.h"
#include "lib/perf/objectives.h"
#include "lib/perf/record.h"
#include "lib/perf/repeated.h"
#include "lib/perf/results.h"
#include "lib/smp/hlog.h"
#include "lib/smp/run_json.h"
#include "lib/smp/run_names.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

void print_run(Context& context, const MeasureOptions& options, const smp::Run& run,
               std::span<const perf::Judged> judged) {
  if (is_structured(context)) {
    if (context.output == Output::yaml && options.several) context.out << "---\n";
    print(context, smp::run_to_json(run));
    context.err << objectives_table(judged, context.err_term);
  } else if (context.output == Output::name) {
    context.out << run.id << '\n';
    context.err << objectives_table(judged, context.err_term);
  } else {
    context.out << summary(run, context.out_term) << objectives_table(judged, context.out_term);
    if (options.save) context.out << fmt::format("\nresult  {}\n", run.id);
  }
  context.out.flush();
}

// Into the store and into the file of --out; the one is tried even when the other fails.
Result<void> keep(Context& context, const MeasureOptions& options, smp::Run& run) {
  Result<void> saved;
  if (options.save) saved = perf::save_run(store_of(context), run);
  if (!options.out.empty())
    WEFT_CHECK(write_out(context, options.out, doc::write_json(smp::run_to_json(run))));
  if (!options.interval_log.empty()) {
    WEFT_TRY(log, smp::write_hlog(run));
    WEFT_CHECK(write_out(context, options.interval_log, log));
  }
  return saved;
}

ExitCode exit_code_of(const smp::Run& run, std::span<const perf::Judged> judged) {
  if (run.interrupted) return ExitCode::interrupted;
  if (run.generator.verdict == smp::Verdict::invalid) return ExitCode::invalid;
  return perf::all_met(judged) ? ExitCode::done : ExitCode::no;
}

Result<Measured> measure_with(const perf::Engine& engine, Context& context, const PerfJob& job) {
  if (!context.quiet)
    context.err << fmt::format("{} measures {}\n", engine.name, job.plan.target.url.text());
  Measured measured;
  WEFT_TRY(run,
           perf::run_external(engine, job.spec, job.plan,
                              {context.runner, context.clock, context.stop, perf::read_host("/")}));
  measured.run = std::move(run);
  if (measured.run.counts.completed.value_or(1) == 0)
    measured.silence =
        Error{ExitCode::timeout,
              fmt::format("{} never answered {}", job.plan.target.url.text(), engine.name),
              "check that the service runs there and that the port is right"};
  return measured;
}

}  // namespace

Error never_answered(const load::Plan& plan, const load::Outcome& outcome) {
  std::string remedy = outcome.first_remedy;
  if (remedy.empty()) remedy = "check that the service runs there and that the port is right";
  return Error{ExitCode::timeout, fmt::format("{} never answered", plan.target.url.text()),
               std::move(remedy)}
      .because(outcome.first_error);
}

namespace {

Result<Measured> send_load(Context& context, const PerfJob& job) {
  if (job.engine != nullptr) return measure_with(*job.engine, context, job);
  if (job.processes) return measure_in_processes(context, job);
  if (job.pods) return measure_in_cluster(context, job);
  Live live(context, job.plan);
  auto outcome = load::run(
      job.plan, [&](const load::Progress& now) { live.update(now); }, context.stop);
  live.finish();
  if (!outcome.ok()) return std::move(outcome).error();
  Measured measured;
  if (outcome->completed == 0 && !outcome->interrupted)
    measured.silence = never_answered(job.plan, *outcome);
  measured.run = perf::record(job.spec, job.plan, std::move(*outcome),
                              {perf::read_host("/"), perf::peak_memory_bytes()});
  return measured;
}

}  // namespace

Result<Measured> measure_once(Context& context, const PerfJob& job) {
  if (job.usage.empty()) return send_load(context, job);
  const bool in_cluster = std::ranges::any_of(job.usage, [](const perf::UsageSource& one) {
    return one.kind == perf::UsageSource::Kind::pods ||
           one.kind == perf::UsageSource::Kind::kubelet;
  });
  std::optional<Session> session;
  if (in_cluster) {
    WEFT_TRY(opened,
             open_session(context, job.cluster ? *job.cluster : ClusterFlags{}, Tools::kubectl));
    session = std::move(opened);
  }
  perf::UsageWatch watch(job.usage, {.cluster = session ? &session->cluster() : nullptr,
                                     .runner = &context.runner,
                                     .prometheus = job.prometheus,
                                     .clock = context.clock});
  const auto tell = [&context](std::string_view text) {
    if (!context.quiet) context.err << text << '\n';
  };
  WEFT_CHECK(watch.begin({.stop = &context.stop, .tell = tell}));
  WEFT_TRY(measured, send_load(context, job));
  measured.run.resources = watch.end(measured.run, measured.run.warnings);
  return std::move(measured);
}

Result<std::array<std::vector<smp::Run>, 2>> measure_in_turn(
    Context& context, const std::array<const PerfJob*, 2>& jobs, int rounds, bool save) {
  const auto store = store_of(context);
  std::array<std::vector<smp::Run>, 2> runs;
  for (const int side : perf::alternating(rounds)) {
    const auto index = static_cast<std::size_t>(side);
    WEFT_TRY(measured, measure_once(context, *jobs[index]));
    if (save) WEFT_CHECK(perf::save_run(store, measured.run));
    if (measured.silence) return *std::move(measured.silence);
    if (measured.run.interrupted)
      return Error{ExitCode::interrupted, "interrupted before all runs were done",
                   "weft perf list shows those that were kept"};
    runs[index].push_back(std::move(measured.run));
  }
  return runs;
}

namespace {

RunRow row_of(const PerfJob& job, const smp::Run& run, std::span<const perf::Judged> judged) {
  return {.what = job.phase.empty() ? job.plan.target.url.text() : job.phase,
          .asked_qps = run.setup.requested_qps,
          .qps = run.actual_qps,
          .p50_ms = run.latency.percentile_ms(50),
          .p99_ms = run.latency.percentile_ms(99),
          .error_ratio = run.counts.error_ratio(),
          .verdict = run.generator.verdict == smp::Verdict::unknown
                         ? ""
                         : std::string(smp::name_of(run.generator.verdict)),
          .objectives = judged.empty()          ? ""
                        : perf::all_met(judged) ? "met"
                                                : "missed"};
}

}  // namespace

// What is printed comes after what is kept, but a full disk does not lose a measurement: it is
// printed all the same.
Result<ExitCode> measure(Context& context, const PerfJob& job, const MeasureOptions& options) {
  WEFT_TRY(measured, measure_once(context, job));
  smp::Run& run = measured.run;
  const auto judged = perf::judge(options.objectives, run);
  const auto kept = keep(context, options, run);
  print_run(context, options, run, judged);
  if (!kept.ok()) return kept.error();
  const ExitCode code = exit_code_of(run, judged);
  if (options.rows != nullptr) options.rows->push_back(row_of(job, run, judged));
  if (measured.silence) return *std::move(measured.silence);
  return code;
}

}  // namespace weft::cmd
