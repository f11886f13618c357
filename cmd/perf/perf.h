// The commands of `weft perf`, one file each.
#pragma once

#include "lib/cli/command.h"

namespace weft::cmd {

cli::Command perf_command();

cli::Command perf_run_command();
cli::Command perf_search_command();
cli::Command perf_curve_command();
cli::Command perf_list_command();
cli::Command perf_show_command();
cli::Command perf_compare_command();
cli::Command perf_merge_command();
cli::Command perf_export_command();
cli::Command perf_import_command();
cli::Command perf_rm_command();
cli::Command perf_selftest_command();
cli::Command perf_engines_command();
cli::Command perf_worker_command();
cli::Command perf_overhead_command();

}  // namespace weft::cmd
