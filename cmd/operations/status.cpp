#include <chrono>
#include <memory>
#include <ostream>
#include <thread>

#include "cmd/mesh/mesh.h"
#include "cmd/operations/look.h"
#include "cmd/operations/operations.h"
#include "cmd/operations/status_text.h"
#include "cmd/output.h"
#include "lib/mesh/status.h"

namespace weft::cmd {
namespace {

using base::ExitCode;
using base::Result;

constexpr auto kWatchInterval = std::chrono::seconds(2);
constexpr const char* kClearScreen = "\x1b[H\x1b[2J";

struct Options {
  std::string mesh;
  ClusterFlags cluster;
  bool watch = false;
};

void show(Context& context, const mesh::ClusterStatus& status) {
  if (is_structured(context))
    print(context, mesh::to_document(status));
  else if (context.output == Output::name)
    for (const auto& mesh : status.meshes) context.out << mesh.mesh << '\n';
  else
    context.out << status_text(status, context.out_term, context.output == Output::wide);
}

Result<ExitCode> once(Context& context, Look& look) {
  WEFT_TRY(status, take_status(context, look));
  show(context, status);
  if (!context.quiet && status.meshes.empty())
    context.err << (look.mesh.empty() ? "no mesh was found in this cluster\n"
                                      : look.mesh + " was not found in this cluster\n");
  const bool missing = !look.mesh.empty() && status.meshes.empty();
  return status.ready() && !missing ? ExitCode::done : ExitCode::no;
}

bool pause(const Context& context) {
  const auto end = std::chrono::steady_clock::now() + kWatchInterval;
  while (!context.stop.requested() && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  return !context.stop.requested();
}

Result<ExitCode> watch(Context& context, Look& look) {
  for (;;) {
    WEFT_TRY(status, take_status(context, look));
    if (context.out_term.tty && !is_structured(context)) context.out << kClearScreen;
    show(context, status);
    context.out.flush();
    if (!pause(context)) return ExitCode::done;
  }
}

Result<ExitCode> run(Context& context, const Options& options) {
  WEFT_TRY(look, open_look(context, options.cluster, options.mesh));
  return options.watch ? watch(context, look) : once(context, look);
}

}  // namespace

cli::Command status_command() {
  auto options = std::make_shared<Options>();
  return {
      .name = "status",
      .summary = "Show the meshes of a cluster: components, proxies, certificates",
      .description =
          "Finds every mesh by what runs, whoever installed it. Parts that the present user may "
          "not read are listed as unknown.",
      .examples = {{"weft status", "every mesh of the cluster"},
                   {"weft status istio --watch", "one, again and again"},
                   {"weft status -o json", "schema weft.status/v1"}},
      .arguments = {cli::argument("MESH", options->mesh, "only this mesh")
                        .completes(complete_mesh)
                        .optional()},
      .flags = with_cluster_flags(
          options->cluster,
          {cli::flag("--watch", options->watch, "look again every two seconds").as('w')}),
      .exit_notes = {{ExitCode::no, "a component is not ready, or MESH is not there"}},
      .heading = "Meshes",
      .run = [options](Context& context) { return run(context, *options); }};
}

}  // namespace weft::cmd
