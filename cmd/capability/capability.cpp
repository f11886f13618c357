#include "cmd/capability/capability.h"

namespace weft::cmd {

cli::Command capability_command() {
  return {.name = "capability",
          .summary = "What meshes can do: the types of patterns that name no mesh",
          .description =
              "28 capabilities and twelve columns: ten meshes, the Gateway API and the Service "
              "Mesh Interface. Each capability is a type that a pattern can use as a service or "
              "as a trait; written for a mesh it becomes that mesh's own resources.",
          .examples = {{"weft capability list", "the matrix"},
                       {"weft capability show Retry", "settings, and how each mesh takes them"}},
          .commands = {capability_list_command(), capability_show_command()},
          .heading = "Patterns"};
}

}  // namespace weft::cmd
