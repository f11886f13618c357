#include <memory>

#include "cmd/lifecycle/carry_out.h"
#include "cmd/lifecycle/lifecycle.h"

namespace weft::cmd {
namespace {

using base::ExitCode;

std::vector<cli::ExitNote> exit_notes() {
  return {{ExitCode::no, "refused before anything changed; with --exit-code: there are changes"},
          {ExitCode::timeout, "something did not get ready; the cause is named"},
          {ExitCode::unconfirmed, "not confirmed, nothing was changed"}};
}

}  // namespace

cli::Command install_command() {
  auto options = std::make_shared<InstallOptions>();
  return {
      .name = "install",
      .summary = "Install a service mesh",
      .description =
          "Shows the plan, asks, and installs the mesh step by step: CRDs first, then each chart "
          "through helm, waiting for what it brings with the reason why it is not ready yet. The "
          "same command again changes nothing, and goes on where an interrupted one stopped.",
      .examples = {{"weft install istio --mode ambient", "the newest version weft knows"},
                   {"weft install linkerd --dry-run server --plan full", "look first"},
                   {"weft install kuma --version 2.13 --feature ha --yes", "in a script"},
                   {"weft install consul --chart-dir ./charts --offline", "without a network"}},
      .arguments = {cli::argument("MESH", options->mesh, "the mesh, see `weft mesh list`")},
      .flags = install_flags(*options),
      .exit_notes = exit_notes(),
      .heading = "Meshes",
      .run = [options](Context& context) { return carry_out(context, *options, "install"); }};
}

cli::Command upgrade_command() {
  auto options = std::make_shared<InstallOptions>();
  return {
      .name = "upgrade",
      .summary = "Upgrade an installed mesh",
      .description =
          "Keeps mode, features and values of the installation unless told otherwise. Goes back to "
          "the revisions before when it fails, unless --rollback never.",
      .examples = {{"weft upgrade istio --version 1.30", ""},
                   {"weft upgrade istio --canary", "a second istiod; --finish or --abort ends it"},
                   {"weft upgrade linkerd --dry-run server --exit-code",
                    "is there anything to do?"}},
      .arguments = {cli::argument("MESH", options->mesh, "the mesh")},
      .flags = upgrade_flags(*options),
      .exit_notes = exit_notes(),
      .heading = "Meshes",
      .run = [options](Context& context) { return carry_out(context, *options, "upgrade"); }};
}

}  // namespace weft::cmd
