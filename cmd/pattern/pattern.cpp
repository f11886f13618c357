#include "cmd/pattern/pattern.h"

namespace weft::cmd {

cli::Command pattern_command() {
  return {.name = "pattern",
          .summary = "Service Mesh Patterns: read, check and carry out",
          .description =
              "A pattern says in one file which mesh, add-ons, applications and policies belong "
              "together and in which order. Read are the services map of 2021 to 2024, Meshery "
              "designs (v1beta1) and plain Kubernetes manifests.",
          .examples = {{"weft pattern validate shop.yaml", "is it a pattern, and is it sound"},
                       {"weft pattern plan shop.yaml", "what would change"},
                       {"weft pattern apply shop.yaml", "carry it out"}},
          .commands = {pattern_validate_command(), pattern_view_command(), pattern_graph_command(),
                       pattern_plan_command(), pattern_apply_command(), pattern_diff_command(),
                       pattern_status_command(), pattern_list_command(), pattern_delete_command(),
                       pattern_convert_command(), pattern_import_command(),
                       pattern_render_command(), pattern_catalog_command()},
          .heading = "Patterns"};
}

}  // namespace weft::cmd
