#include "cmd/perf/perf.h"

namespace weft::cmd {

cli::Command perf_command() {
  return {.name = "perf",
          .summary = "Measure services, keep and compare the results",
          .description =
              "Every run is kept as a Service Mesh Performance (SMP) result below "
              "$XDG_DATA_HOME/weft/results. A RESULT is named by its id, a unique beginning of the "
              "id, the name given to the run, `latest`, `latest~1`, or the path of a file that "
              "`weft perf import` can read; FILE#2 is the second run of a file.",
          .examples = {{"weft perf run http://localhost:8080/ --qps 1000 --duration 30s",
                        "measure a service"},
                       {"weft perf show latest", "look at the result again"},
                       {"weft perf compare latest~1 latest", "what changed since the run before"}},
          .commands = {perf_run_command(), perf_search_command(), perf_curve_command(),
                       perf_list_command(), perf_show_command(), perf_compare_command(),
                       perf_overhead_command(), perf_merge_command(), perf_export_command(),
                       perf_import_command(), perf_rm_command(), perf_engines_command(),
                       perf_selftest_command(), perf_worker_command()},
          .heading = "Performance"};
}

}  // namespace weft::cmd
