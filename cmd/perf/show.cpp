#include <memory>
#include <ostream>

#include "cmd/output.h"
#include "cmd/perf/perf.h"
#include "cmd/perf/results.h"
#include "cmd/perf/summary.h"
#include "lib/perf/results.h"
#include "lib/report/page.h"
#include "lib/smp/run_json.h"

namespace weft::cmd {
namespace {

struct Options {
  std::string result = "latest";
  std::string html;
  std::string unit;
};

base::Result<base::ExitCode> show(Context& context, const Options& options) {
  const smp::ImportOptions reading{.latency_unit = smp::latency_unit(options.unit)};
  WEFT_TRY(run, perf::load_result(store_of(context), options.result, context.directory, reading));
  if (!options.html.empty()) {
    WEFT_CHECK(write_out(context, options.html, report::run_page(run)));
    if (context.output == Output::table) return base::ExitCode::done;
  }
  if (is_structured(context)) return print(context, smp::run_to_json(run));
  if (context.output == Output::name) {
    context.out << run.id << '\n';
    return base::ExitCode::done;
  }
  context.out << summary(run, context.out_term) << charts(run, context.out_term)
              << details(run, context.out_term);
  return base::ExitCode::done;
}

}  // namespace

cli::Command perf_show_command() {
  auto options = std::make_shared<Options>();
  return {
      .name = "show",
      .summary = "Show a result: figures, charts, set-up",
      .examples = {{"weft perf show", "the newest result"},
                   {"weft perf show baseline --html report.html", "a page to send around"},
                   {"weft perf show fortio.json", "a result of another tool"},
                   {"weft perf show latest -o json", "schema weft.perf-run/v1"}},
      .arguments = {cli::argument("RESULT", options->result,
                                  "id, name, latest, latest~N, FILE or FILE#N (default: latest)")
                        .optional()
                        .completes(complete_result)},
      .flags = {cli::flag("--html", options->html, "write one self-contained page instead of text")
                    .takes("FILE"),
                latency_unit_flag(options->unit)},
      .run = [options](Context& context) { return show(context, *options); }};
}

}  // namespace weft::cmd
