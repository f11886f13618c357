// The commands about meshes as such: what the catalogue knows. What concerns a cluster
// (install, status ...) builds on the same catalogue.
#pragma once

#include "cmd/context.h"
#include "lib/cli/command.h"
#include "lib/mesh/catalog.h"

namespace weft::cmd {

// What is compiled in and the user's own files below $XDG_CONFIG_HOME/weft/meshes.
base::Result<mesh::Catalog> open_catalog(Context& context);
std::vector<cli::Candidate> complete_mesh(Context& context, std::string_view prefix);
// "archived since 2023-07"
std::string status_text(const mesh::Status& status);

cli::Command mesh_command();
cli::Command mesh_list_command();
cli::Command mesh_show_command();
cli::Command mesh_advise_command();
cli::Command mesh_images_command();
cli::Command mesh_export_command();

}  // namespace weft::cmd
