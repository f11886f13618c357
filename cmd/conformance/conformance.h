// `weft conformance`: what a mesh conforms to, how that is known, and who vouches for it.
#pragma once

#include "cmd/context.h"
#include "lib/cli/command.h"

namespace weft::cmd {

cli::Command conformance_command();

cli::Command conformance_list_command();
cli::Command conformance_lint_command();
cli::Command conformance_plan_command();
cli::Command conformance_run_command();
cli::Command conformance_clean_command();
cli::Command conformance_reference_command();
cli::Command conformance_verify_command();
cli::Command conformance_countersign_command();
cli::Command conformance_matrix_command();
cli::Command conformance_diff_command();
cli::Command conformance_import_command();
cli::Command conformance_export_command();
cli::Command conformance_index_command();

// `weft probe`: the requests of a conformance test, from where it runs.
cli::Command probe_command();

// Names of the shipped suites, for completion.
std::vector<cli::Candidate> suite_candidates(Context& context, std::string_view prefix);

}  // namespace weft::cmd
