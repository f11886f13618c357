#include <memory>
#include <ostream>

#include "cmd/perf/perf.h"
#include "cmd/perf/target.h"
#include "lib/base/format.h"
#include "lib/perf/crew.h"
#include "lib/perf/host.h"
#include "lib/perf/worker.h"

namespace weft::cmd {
namespace {

using base::Error;
using base::ExitCode;
using base::Result;

struct Options {
  RunOptions run;
  std::int64_t job = 0;
  std::string part, orders;
};

// What goes wrong before the plan is known has to reach whoever waits for frames, too.
Result<load::Plan> plan_part(Context& context, Options& options, load::Part part,
                             perf::Spec& spec) {
  // What the profile says beyond SMP has come as flags.
  if (options.job < 0)
    return Error{ExitCode::usage, fmt::format("there is no job {}", options.job)};
  WEFT_TRY(jobs, plan_jobs(context, options.run, static_cast<std::size_t>(options.job)));
  if (jobs.empty()) return Error{ExitCode::usage, fmt::format("there is no job {}", options.job)};
  PerfJob& job = jobs.front();
  spec = std::move(job.spec);
  return perf::part_of(std::move(job.plan), part);
}

Result<ExitCode> run(Context& context, Options& options) {
  const auto tell = [&](std::string_view text) {
    context.out << text;
    context.out.flush();
  };
  WEFT_TRY(part, perf::parse_part(options.part));
  context.quiet = true;
  perf::Spec spec;
  auto plan = plan_part(context, options, part, spec);
  if (!plan.ok()) {
    tell(perf::write_frame(perf::failed_message(part.index, plan.error())));
    return std::move(plan).error();
  }
  WEFT_CHECK(perf::work(
      {spec, *plan, options.orders, context.clock, context.stop, perf::read_host("/")}, tell));
  return ExitCode::done;
}

}  // namespace

cli::Command perf_worker_command() {
  auto options = std::make_shared<Options>();
  std::vector<cli::Flag> flags = run_flags(options->run);
  flags.push_back(
      cli::flag("--part", options->part, "which of how many, from 0").takes("INDEX/COUNT"));
  flags.push_back(cli::flag("--orders", options->orders, "file that says when to start and to stop")
                      .takes("PATH"));
  flags.push_back(cli::flag("--target-bodies", options->run.bodies_file,
                            "files that the list of --targets names, in one")
                      .takes("PATH"));
  flags.push_back(cli::flag("--job", options->job, "which measurement of the profile, from 0"));
  return {.name = "worker",
          .summary = "Send one part of a load that is shared; weft perf run starts these",
          .examples = {{"weft perf worker http://shop/ --qps 100 --threads 1 --seed 7 --part 0/2 "
                        "--orders orders",
                        "the first of two"}},
          .arguments = {cli::argument("URL", options->run.url, "what to measure").optional()},
          .flags = std::move(flags),
          .hidden = true,
          .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
