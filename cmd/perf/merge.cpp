#include <malloc.h>

#include <memory>
#include <ostream>

#include "cmd/output.h"
#include "cmd/perf/perf.h"
#include "cmd/perf/results.h"
#include "cmd/perf/summary.h"
#include "lib/base/cpus.h"
#include "lib/base/format.h"
#include "lib/base/id.h"
#include "lib/doc/write.h"
#include "lib/perf/merge_results.h"
#include "lib/perf/results.h"
#include "lib/smp/run_json.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;

struct Options {
  std::vector<std::string> results;
  std::string name;
  std::string out;
  bool save = true;
};

Result<ExitCode> merge(Context& context, const Options& options) {
  // Histograms come and go: what is free stays with us, or most of the time goes to page faults.
  constexpr int kKept = 32 << 20;
  ::mallopt(M_MMAP_THRESHOLD, kKept);
  ::mallopt(M_TRIM_THRESHOLD, kKept);
  const auto store = store_of(context);
  WEFT_TRY(whole,
           perf::merge_results(store, options.results, context.directory, base::cpus().usable));
  whole.id = base::new_id(context.clock.wall());
  whole.name = options.name;
  if (options.save) WEFT_CHECK(perf::save_run(store, whole));
  if (!options.out.empty())
    WEFT_CHECK(write_out(context, options.out, doc::write_json(smp::run_to_json(whole))));
  if (is_structured(context)) return print(context, smp::run_to_json(whole));
  if (context.output == Output::name) {
    context.out << whole.id << '\n';
    return ExitCode::done;
  }
  context.out << summary(whole, context.out_term);
  if (options.save) context.out << fmt::format("\nresult  {}\n", whole.id);
  return ExitCode::done;
}

}  // namespace

cli::Command perf_merge_command() {
  auto options = std::make_shared<Options>();
  return {.name = "merge",
          .summary = "Make one result of several",
          .description =
              "Results of workers that ran at the same time, whose rates add up, or of repeats one "
              "after the other. Histograms are added cell by cell: percentiles are those of all "
              "answers together, as if one generator had seen them. What carries percentiles only "
              "is refused, because they cannot be added up.",
          .examples = {{"weft perf merge worker-*.json --name whole", "workers of one run"},
                       {"weft perf merge latest~2 latest~1 latest", "three repeats"}},
          .arguments = {cli::argument("RESULT", options->results, "ids, names, latest~N or files")
                            .completes(complete_result)},
          .flags = {cli::flag("--name", options->name, "name of the merged run"),
                    cli::flag("--out", options->out, "also write the run document to this file")
                        .takes("FILE"),
                    cli::flag("--save", options->save, "keep the result")},
          .run = [options](Context& context) { return merge(context, *options); }};
}

}  // namespace weft::cmd
