#include "cmd/commands.h"

#include <memory>
#include <ostream>

#include "cmd/capability/capability.h"
#include "cmd/conformance/conformance.h"
#include "cmd/image/image.h"
#include "cmd/keys/keys.h"
#include "cmd/lifecycle/lifecycle.h"
#include "cmd/mesh/mesh.h"
#include "cmd/meshmark/meshmark.h"
#include "cmd/meta/meta.h"
#include "cmd/operations/operations.h"
#include "cmd/pattern/pattern.h"
#include "cmd/perf/perf.h"
#include "cmd/schema/schema.h"
#include "cmd/serve/serve.h"
#include "cmd/validate/validate.h"

namespace weft::cmd {
namespace {

using base::ExitCode;

constexpr const char* kDescription =
    "Knows the service meshes and tells which one fits, measures services and meshes, keeps the "
    "results in the Service Mesh Performance format and scores them with MeshMark.";

}  // namespace

cli::Command root() {
  auto version = std::make_shared<bool>(false);
  return {.name = "weft",
          .summary = "Service meshes from one binary: know, choose, install, validate, measure",
          .description = kDescription,
          .examples = {{"weft perf run http://localhost:8080/ --qps 1000", "measure a service"},
                       {"weft perf show", "look at the newest result"},
                       {"weft mesh advise --needs mtls,canary", "which mesh fits"},
                       {"weft install istio --dry-run server", "what would an installation do"},
                       {"weft validate manifests/", "find mistakes before they are applied"},
                       {"weft version", "the version of this build"},
                       {"weft help exit-codes", "what the exit codes mean"}},
          .flags = {cli::flag("--version", *version, "print the version")},
          .commands = {install_command(),    upgrade_command(),      uninstall_command(),
                       status_command(),     check_command(),        mesh_command(),
                       validate_command(),   explain_command(),      schema_command(),
                       capability_command(), pattern_command(),      perf_command(),
                       meshmark_command(),   conformance_command(),  keys_command(),
                       serve_command(),      istio_server_command(), istio_client_command(),
                       journal_command(),    probe_command(),        image_command(),
                       help_command(),       doctor_command(),       config_command(),
                       completion_command(), version_command(),      complete_command()},
          .without_files = true,
          .run = [version](Context& context) -> base::Result<ExitCode> {
            if (*version) return print_version(context);
            return show_help(context, {});
          }};
}

std::vector<cli::Flag> global_flags(Globals& globals) {
  cli::Flag verbose = cli::flag("--verbose", globals.verbose, "tell more; -vv tells most").as('v');
  verbose.value_name.clear();  // a switch that is counted
  return {cli::flag("--output", globals.output, "how to print the result")
              .as('o')
              .one_of({"table", "wide", "json", "yaml", "name", "sarif", "junit", "github", "md",
                       "html"})
              .from_config("output"),
          cli::flag("--color", globals.color, "when to use colour")
              .one_of({"auto", "always", "never"})
              .from_config("color"),
          cli::flag("--quiet", globals.quiet, "no progress and no notes").as('q'),
          std::move(verbose), cli::flag("--help", globals.help, "help for the command").as('h')};
}

}  // namespace weft::cmd
