#include "cmd/conformance/conformance.h"

namespace weft::cmd {

cli::Command conformance_command() {
  return {
      .name = "conformance",
      .summary = "Does a mesh keep to SMI and the Gateway API, and who vouches for it",
      .description =
          "Suites are sets of tests, each with steps that prove or refute one behaviour: real "
          "requests through the mesh, every answer judged, splits by exact statistics, denials "
          "only beside requests that succeed.\n\n"
          "Results are kept below $XDG_DATA_HOME/weft/conformance. A RESULT is the id of one of "
          "them, a unique beginning of the id, `latest`, or a file: a result of weft, a "
          "ConformanceReport of the Gateway API, or rows that Meshery keeps for SMI.",
      .examples = {{"weft conformance list", "what can be tested"},
                   {"weft conformance run --driver local", "the reference mesh, without a cluster"},
                   {"weft conformance verify result.intoto.json --key lab.key.pub",
                    "is it signed and unchanged"},
                   {"weft conformance matrix reports/*.yaml -o md", "meshes side by side"}},
      .commands = {conformance_list_command(), conformance_lint_command(),
                   conformance_plan_command(), conformance_run_command(),
                   conformance_clean_command(), conformance_reference_command(),
                   conformance_verify_command(), conformance_countersign_command(),
                   conformance_matrix_command(), conformance_diff_command(),
                   conformance_import_command(), conformance_export_command(),
                   conformance_index_command()},
      .heading = "Conformance"};
}

}  // namespace weft::cmd
