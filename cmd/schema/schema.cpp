#include "cmd/schema/schema.h"

namespace weft::cmd {

cli::Command schema_command() {
  return {.name = "schema",
          .summary = "Schemas that weft validate judges objects by",
          .description =
              "The strongest first: custom resource definitions in the input, those of "
              "--schema-location, those that weft schema pull has stored, and the ones compiled "
              "in, which know the fields of the mesh kinds but not their validation rules.",
          .examples = {{"weft schema pull", "store the definitions of the cluster"},
                       {"weft schema list", "what is at hand"}},
          .commands = {schema_pull_command(), schema_list_command()}};
}

}  // namespace weft::cmd
