#include "cmd/mesh/mesh.h"

#include "cmd/lifecycle/lifecycle.h"
#include "cmd/operations/operations.h"
#include "lib/base/format.h"

namespace weft::cmd {

base::Result<mesh::Catalog> open_catalog(Context& context) {
  return mesh::Catalog::open(context.env.config_dir() + "/meshes");
}

std::vector<cli::Candidate> complete_mesh(Context& context, std::string_view prefix) {
  std::vector<cli::Candidate> candidates;
  const auto catalog = open_catalog(context);
  if (!catalog.ok()) return candidates;
  const auto heads = catalog->heads();
  if (!heads.ok()) return candidates;
  for (const auto& one : *heads)
    if (one.id.starts_with(prefix)) candidates.push_back({one.id, one.name});
  return candidates;
}

std::string status_text(const mesh::Status& status) {
  if (status.since.empty()) return std::string(to_string(status.state));
  return fmt::format("{} since {}", to_string(status.state), status.since);
}

cli::Command mesh_command() {
  return {
      .name = "mesh",
      .summary = "What weft knows about service meshes",
      .description =
          "The catalogue has one file for each mesh: its versions, how it is installed, joined, "
          "recognised and removed. A file $XDG_CONFIG_HOME/weft/meshes/ID.yaml adds a mesh or "
          "replaces the one of that id; `weft mesh show MESH -o yaml` prints one to start "
          "from.",
      .examples = {{"weft mesh list", "the meshes of the catalogue"},
                   {"weft mesh show istio", "all about one"},
                   {"weft mesh advise --needs mtls,canary --k8s 1.33", "which one fits"}},
      .commands = {mesh_list_command(), mesh_show_command(), mesh_advise_command(),
                   mesh_images_command(), mesh_export_command(), mesh_onboard_command(),
                   mesh_offboard_command(), mesh_recover_command()},
      .heading = "Meshes"};
}

}  // namespace weft::cmd
