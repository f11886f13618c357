// `weft pattern`: Service Mesh Patterns.
#pragma once

#include "cmd/context.h"
#include "lib/cli/command.h"

namespace weft::cmd {

cli::Command pattern_command();
cli::Command pattern_validate_command();
cli::Command pattern_convert_command();
cli::Command pattern_import_command();
cli::Command pattern_render_command();
cli::Command pattern_view_command();
cli::Command pattern_graph_command();
cli::Command pattern_plan_command();
cli::Command pattern_diff_command();
cli::Command pattern_apply_command();
cli::Command pattern_delete_command();
cli::Command pattern_status_command();
cli::Command pattern_list_command();
cli::Command pattern_catalog_command();
cli::Command pattern_catalog_apply_command();
cli::Command pattern_catalog_coverage_command();

// Names of shipped patterns that can be applied.
std::vector<cli::Candidate> complete_shipped(Context& context, std::string_view prefix);

}  // namespace weft::cmd
