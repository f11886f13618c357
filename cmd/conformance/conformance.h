// `weft conformance`: what a mesh conforms to, how that is known, and who vouches for it.
#pragma once

#include "lib/cli/command.h"

namespace weft::cmd {

cli::Command conformance_command();

cli::Command conformance_verify_command();
cli::Command conformance_countersign_command();
cli::Command conformance_matrix_command();
cli::Command conformance_diff_command();
cli::Command conformance_import_command();
cli::Command conformance_export_command();
cli::Command conformance_index_command();

}  // namespace weft::cmd
